Console.Error.WriteLine("Analytics.Worker");
