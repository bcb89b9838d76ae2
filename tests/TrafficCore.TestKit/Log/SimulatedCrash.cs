using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.TestKit.Log;

/// <summary>The power is gone. Not an <see cref="IOException"/>, so that nothing handles it as a failed write.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is an event of the test's world, not an error of the product.")]
public sealed class SimulatedCrash() : Exception("The simulated power is gone.");
