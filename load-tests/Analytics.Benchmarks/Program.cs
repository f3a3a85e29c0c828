Console.Error.WriteLine("Analytics.Benchmarks");
