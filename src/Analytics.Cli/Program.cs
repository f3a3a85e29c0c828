Console.Error.WriteLine("Analytics.Cli");
