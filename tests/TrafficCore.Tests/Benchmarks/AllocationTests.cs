using System.Text.Json;
using TrafficCore.Benchmarks.Operations;

namespace TrafficCore.Tests.Benchmarks;

/// <summary>What happens for every reading allocates no more than <c>benchmarks/allocations.json</c> says.</summary>
public sealed class AllocationTests
{
    private static readonly Dictionary<string, double> Limits = JsonSerializer.Deserialize<Dictionary<string, double>>(
        File.ReadAllText(Path.Combine(House.Repository.Root, "benchmarks", "allocations.json")))!;

    public static TheoryData<string> Names => [.. HotOperation.CreateAll().Select(static o => o.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_Warm_AllocatesAtMostItsLimit(string name)
    {
        var operation = HotOperation.CreateAll().Single(o => o.Name == name);

        var bytes = operation.MeasureAllocatedBytes();

        Assert.True(Limits.TryGetValue(name, out var limit), $"benchmarks/allocations.json has no limit for {name}");
        Assert.True(bytes <= limit + 0.005, $"{name}: {bytes:0.##} bytes an item, the limit is {limit}");
    }

    [Fact]
    public void Limits_EveryName_IsAnOperation() => Assert.Equal(HotOperation.CreateAll().Select(static o => o.Name).Order(), Limits.Keys.Order());
}
