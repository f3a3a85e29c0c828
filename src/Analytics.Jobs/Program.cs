Console.Error.WriteLine("Analytics.Jobs");
