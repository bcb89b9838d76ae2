using TrafficCore.Simulators.Cli;

return await SimulatorCommandLine.RunAsync(args, Console.Out, Console.Error);
