using TrafficCore.LoadBench;

return await LoadBenchCommandLine.RunAsync(args, Console.Out, Console.Error);
