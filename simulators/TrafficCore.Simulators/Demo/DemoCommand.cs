using System.CommandLine;
namespace TrafficCore.Simulators.Demo;
internal static class DemoCommand
{
    public static Command Create(TextWriter output)
    {
        var c = new Command("demo", "x");
        c.SetAction((_, _) => Task.FromResult(0));
        return c;
    }
}
