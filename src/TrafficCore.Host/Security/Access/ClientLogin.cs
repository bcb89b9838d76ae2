namespace TrafficCore.Host.Security.Access;

/// <summary>How a client came in; what is compared when accounts change. Holds no secret. Immutable.</summary>
/// <param name="Stamp">The account's stamp at the login.</param>
/// <param name="Certificate">Serial number of the certificate that proved it, in hexadecimal; none with a password.</param>
/// <param name="IsAssignedId">The client id was made up by the server, and is nobody's.</param>
internal sealed record ClientLogin(string? Stamp, string? Certificate, bool IsAssignedId);
