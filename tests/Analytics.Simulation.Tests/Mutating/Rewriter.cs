using System.Reflection;
using System.Runtime.Loader;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Analytics.Simulation.Tests.Mutating;

/// <summary>Changes the compiled worker: calls of a right part become calls of a wrong one in <see cref="Wrong"/>. Nothing in the worker knows of it.</summary>
/// <remarks>A change that finds nothing to change is an error: a mutant must follow the code that it mutates.</remarks>
internal sealed class Rewriter : IDisposable
{
    private const string Prefix = "Analytics.";
    private readonly Dictionary<string, AssemblyDefinition> _assemblies = new(StringComparer.Ordinal);

    /// <summary>In the methods of <paramref name="caller"/>, calls of <paramref name="callee"/>'s method become calls of a wrong one.</summary>
    public void Calls(Type caller, Type callee, string method, string wrong)
    {
        var found = 0;
        foreach (var body in BodiesOf(Open(caller)))
        {
            foreach (var instruction in body.Instructions.Where(one => one.Operand is MethodReference called && called.Name == method && called.DeclaringType.FullName == callee.FullName))
            {
                (instruction.OpCode, instruction.Operand) = (OpCodes.Call, Import(body.Method.Module, wrong));
                found++;
            }
        }

        if (found == 0)
        {
            throw new InvalidOperationException($"{caller.Name} calls {callee.Name}.{method} no more: let the mutant follow the code.");
        }
    }

    /// <summary>A method does nothing but call a wrong one.</summary>
    public void Body(Type type, string method, string wrong)
    {
        var definition = Open(type).Methods.SingleOrDefault(one => one.Name == method)
            ?? throw new InvalidOperationException($"{type.Name} has no method {method} any more: let the mutant follow the code.");
        definition.Body = new Mono.Cecil.Cil.MethodBody(definition);
        var code = definition.Body.GetILProcessor();
        for (var i = 0; i < definition.Parameters.Count + (definition.HasThis ? 1 : 0); i++)
        {
            code.Emit(OpCodes.Ldarg, i);
        }

        code.Emit(OpCodes.Call, Import(definition.Module, wrong));
        code.Emit(OpCodes.Ret);
    }

    /// <summary>Loads all assemblies of ours anew, the changed ones changed, beside those that are loaded.</summary>
    public Assembly Load() => new Context(_assemblies).LoadFromAssemblyName(typeof(Rewriter).Assembly.GetName());

    public void Dispose()
    {
        foreach (var assembly in _assemblies.Values)
        {
            assembly.Dispose();
        }
    }

    private TypeDefinition Open(Type type)
    {
        var name = type.Assembly.GetName().Name!;
        if (!_assemblies.TryGetValue(name, out var assembly))
        {
            _assemblies.Add(name, assembly = AssemblyDefinition.ReadAssembly(type.Assembly.Location));
        }

        return assembly.MainModule.GetType(type.FullName);
    }

    // Those of an async method or a lambda stand in types within.
    private static IEnumerable<Mono.Cecil.Cil.MethodBody> BodiesOf(TypeDefinition type) =>
        type.Methods.Where(method => method.HasBody).Select(method => method.Body).Concat(type.NestedTypes.SelectMany(BodiesOf));

    private static MethodReference Import(ModuleDefinition module, string wrong) =>
        module.ImportReference(typeof(Wrong).GetMethod(wrong) ?? throw new ArgumentException($"{nameof(Wrong)} has no {wrong}.", nameof(wrong)));

    private sealed class Context(Dictionary<string, AssemblyDefinition> changed) : AssemblyLoadContext("mutant")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (!assemblyName.Name!.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return null;
            }

            using var image = new MemoryStream();
            if (changed.TryGetValue(assemblyName.Name, out var assembly))
            {
                assembly.Write(image);
            }
            else
            {
                using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"));
                file.CopyTo(image);
            }

            image.Position = 0;
            return LoadFromStream(image);
        }
    }
}
