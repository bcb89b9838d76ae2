using System.IO.Pipes;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TrafficCore.Simulators.Cli;

/// <summary>Standard output into a pipe. When its reader goes away, as <c>head</c> does, the run is asked to end, and what it still says goes nowhere: the console's own stream would never tell.</summary>
/// <remarks>Ownership: writers take turns, as with every console writer that is synchronised.</remarks>
internal sealed class PipedOutput : TextWriter
{
    private const int StandardOutput = 1;

    private readonly StreamWriter _writer;
    private readonly Action _onClosed;
    private bool _isClosed;

    private PipedOutput(Stream pipe, Action onClosed)
    {
        _writer = new StreamWriter(pipe, Encoding) { AutoFlush = true };
        _onClosed = onClosed;
    }

    /// <inheritdoc/>
    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard output as it is: a pipe, or whatever the console has.</summary>
    /// <param name="onClosed">Called once, when nobody reads any more.</param>
    public static TextWriter Open(Action onClosed)
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows())
        {
            return Console.Out;
        }

        try
        {
            return Synchronized(new PipedOutput(new AnonymousPipeClientStream(PipeDirection.Out, new SafePipeHandle(StandardOutput, ownsHandle: false)), onClosed));
        }
        catch (IOException)
        {
            // A file, or a device: it has no reader.
            return Console.Out;
        }
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write($"{value}{Environment.NewLine}".AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            _writer.Write(buffer);
        }
        catch (IOException)
        {
            _isClosed = true;
            _onClosed();
        }
    }
}
