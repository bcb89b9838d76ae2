using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace TrafficCore.Host.Telemetry;

/// <summary>One event, one line: time in UTC, level, category, event id, message, exception. See <see cref="LogText"/> for what may stand in it.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    // A client id and the beginning of a topic; a topic may have 65,535 bytes.
    private const int MaxMessage = 1024;

    // Some twenty frames, of which the first tell most.
    private const int MaxException = 8192;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(string.Create(CultureInfo.InvariantCulture, $": {logEntry.Category}[{logEntry.EventId.Id}] "));
        LogText.Write(textWriter, message, MaxMessage);
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            LogText.Write(textWriter, exception.ToString().ReplaceLineEndings(" "), MaxException);
        }

        textWriter.Write('\n');
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
