using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Tests.Host;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units     \nMax processes             100                  100                  processes \nMax open files            20000                1048576              files     \n", 20_000L)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("Max open files", null)]
    [InlineData("", null)]
    public void Parse_LimitsOfTheSystem_GivesThatOfOpenFiles(string text, long? limit) => Assert.Equal(limit, DescriptorLimit.Parse(text));

    [Theory]
    [InlineData("true", 1000 + 100 + DescriptorLimit.OwnFiles)]
    [InlineData("false", 100 + DescriptorLimit.OwnFiles)]
    public void NeededBy_Configuration_IsItsConnectionsAndOwnFiles(string listens, long needed)
    {
        string[] upstream = listens == "false" ? ["--Mqtt:Upstream=mqtt://broker.example"] : [];
        var (settings, errors) = ServiceSettings.Read(["--Mqtt:MaxConnections=1000", "--Http:MaxConnections=100", $"--Mqtt:Listen={listens}", .. upstream]);
        Assert.Empty(errors);
        Assert.Equal(needed, DescriptorLimit.NeededBy(settings!));
    }
}
