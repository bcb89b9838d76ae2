using System.Net.Sockets;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Composition;

/// <summary>Opens listeners, and says in an operator's words which one could not be opened and why.</summary>
internal static class Listening
{
    /// <param name="section">Its configuration section, <c>Mqtt</c> or <c>Http</c>.</param>
    /// <param name="point">Where it is to listen.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="prefix">What its keys begin with.</param>
    /// <exception cref="IOException">The address is taken, is not this machine's, or may not be used.</exception>
    public static async Task StartAsync(string section, ListenPoint point, Func<Task> start, string prefix = "")
    {
        try
        {
            await start();
        }
        catch (Exception error) when (Cause(error) is { } socket)
        {
            throw new IOException($"{section.ToUpperInvariant()} cannot listen on {point} ({section}:{prefix}Address, {section}:{prefix}Port): {Reason(socket)}", error);
        }
    }

    // Kestrel wraps what the socket said only when the address is in use.
    private static SocketException? Cause(Exception? error) => error is null or SocketException ? (SocketException?)error : Cause(error.InnerException);

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "address already in use",
        SocketError.AddressNotAvailable => "this machine does not have the address",
        SocketError.AccessDenied => "not permitted; ports below 1024 need a right of their own",
        _ => error.Message,
    };
}
