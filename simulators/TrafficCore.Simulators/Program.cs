using System.Runtime.InteropServices;
using TrafficCore.Simulators.Cli;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await SimulatorCommandLine.RunAsync(args, PipedOutput.Open(stop.Cancel), Console.Error, stop.Token);

void Stop(PosixSignalContext signal)
{
    // The first asks for the end; who does not want to wait for the summary sends a second one, which has the system's own effect.
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
