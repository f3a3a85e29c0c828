Console.Error.WriteLine("Analytics.Api");
