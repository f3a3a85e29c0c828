namespace Analytics.Core.Questions;

/// <summary>One thing that is wrong with a question.</summary>
/// <param name="Path">Where, for example <c>metrics[0].filter.value</c>.</param>
/// <param name="Detail">What was expected and what was found.</param>
public readonly record struct QuestionFault(string Path, string Detail);

/// <summary>A question cannot be understood; every fault of it is told at once.</summary>
public sealed class InvalidQuestionException(IReadOnlyList<QuestionFault> faults)
    : Exception(string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Detail}")))
{
    /// <summary>What is wrong, in the order in which it was found.</summary>
    public IReadOnlyList<QuestionFault> Faults { get; } = faults;
}
