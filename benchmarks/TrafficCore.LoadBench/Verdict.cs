namespace TrafficCore.LoadBench;

/// <summary>Whether something that is wanted holds.</summary>
/// <param name="Text">What was found and what is wanted.</param>
/// <param name="Holds">Whether it does.</param>
internal sealed record Verdict(string Text, bool Holds)
{
    public override string ToString() => (Holds ? "holds:          " : "DOES NOT HOLD:  ") + Text;
}
