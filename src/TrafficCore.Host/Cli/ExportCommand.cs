using System.CommandLine;
using System.Text;
using TrafficCore.Host.Api;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore export readings|environment|parking|boards|city|windows</c>: writes what a data directory still holds as CSV.</summary>
internal static class ExportCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("export", "Writes what Data:Directory holds as CSV; the service must not run on it")
        {
            Of(context, "readings", "Accepted readings in the order in which they were received, repeats included; from and to are their own times", CsvExport.Readings),
            Of(context, ObservationKind.Environment, "Accepted observations of environment sensors"),
            Of(context, ObservationKind.Parking, "Accepted observations of car parks"),
            Of(context, "boards", "What boards were to show and why: one line a decision; from and to are event times", CsvExport.Boards),
            Of(context, "city", "The congestion index of the city, each window in its last revision; from and to are their starts", CsvExport.City),
            Of(context, "windows", "Published windows, each in its last revision; from and to are their starts", CsvExport.Windows),
        };
        return command;
    }

    private static Command Of(CliContext context, ObservationKind kind, string description) => Of(
        context,
        kind.Name,
        description + " in the order in which they were received, repeats included; from and to are their own times",
        (directory, files, range, open) => CsvExport.Observations(kind, directory, files, range, open));

    private static Command Of(CliContext context, string name, string description, Action<string, ILogFileSystem, TimeRange, Func<TextWriter>> export)
    {
        var from = new Option<string>("--from") { Description = "First instant: ISO 8601 with offset, or -15m" };
        var to = new Option<string>("--to") { Description = "End, exclusive; default: everything" };
        var output = new Option<string>("--output", "-o") { Description = "File; default: standard output" };
        var command = new Command(name, description) { from, to, output };
        command.SetAction(parsed => Run(context, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(output), export));
        return command;
    }

    private static int Run(
        CliContext context, string? from, string? to, string? path, Action<string, ILogFileSystem, TimeRange, Func<TextWriter>> export)
    {
        if (context.ReadSettings() is not { } settings || ReadRange(context, from, to) is not { } range)
        {
            return ExitCodes.Usage;
        }

        if (path is not null && (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
        {
            context.Error.WriteLine($"--output: \"{path}\" is not a file in a directory that exists");
            return ExitCodes.Usage;
        }

        try
        {
            Write(settings, range, path, context.Output, export);
            return ExitCodes.Done;
        }
        catch (DirectoryNotFoundException error)
        {
            context.Error.WriteLine($"Data:Directory: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static void Write(
        ServiceSettings settings, TimeRange range, string? path, TextWriter standard, Action<string, ILogFileSystem, TimeRange, Func<TextWriter>> export)
    {
        var directory = Path.GetFullPath(settings.Data.Directory);
        if (path is null)
        {
            export(directory, PhysicalFileSystem.Instance, range, () => standard);
            standard.Flush();
            return;
        }

        StreamWriter? file = null;
        try
        {
            export(directory, PhysicalFileSystem.Instance, range, () => file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static TimeRange? ReadRange(CliContext context, string? from, string? to)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (start, end) = (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        var valid = true;
        if (from is not null && !TimeRange.TryParseInstant(from, now, out start))
        {
            context.Error.WriteLine($"--from: \"{from}\" is neither ISO 8601 with an offset nor relative (-15m)");
            valid = false;
        }

        if (to is not null && !TimeRange.TryParseInstant(to, now, out end))
        {
            context.Error.WriteLine($"--to: \"{to}\" is neither ISO 8601 with an offset nor relative (-15m)");
            valid = false;
        }

        if (valid && start > end)
        {
            context.Error.WriteLine("--from: is after --to");
            valid = false;
        }

        return valid ? new TimeRange(start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds()) : null;
    }
}
