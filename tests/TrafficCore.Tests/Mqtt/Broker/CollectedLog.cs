using Microsoft.Extensions.Logging;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>Keeps what is logged, each as <c>id message</c>.</summary>
internal sealed class CollectedLog : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public CollectedLog() => Loggers = new LoggerFactory([this]);

    /// <summary>Loggers of all categories write here.</summary>
    public ILoggerFactory Loggers { get; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add($"{eventId.Id} {formatter(state, exception)}");
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose() => Loggers.Dispose();
}
