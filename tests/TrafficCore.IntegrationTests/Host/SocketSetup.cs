using System.Runtime.CompilerServices;
using TrafficCore.Host.Composition;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>Sockets of this process behave as the service's: the setting is read once, at the first socket.</summary>
internal static class SocketSetup
{
    [ModuleInitializer]
    internal static void Prepare() => ServicePlatform.PrepareSockets();
}
