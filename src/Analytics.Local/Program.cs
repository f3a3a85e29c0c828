Console.Error.WriteLine("Analytics.Local");
