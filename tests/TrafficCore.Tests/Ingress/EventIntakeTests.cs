namespace TrafficCore.Tests.Ingress;

public sealed class EventIntakeTests
{
    private const string Events = "traffic/v1/int-0001/controller/c-1/events";

    [Fact]
    public void Accept_DetectorOnOfAnUnknownChannel_LearnsTheChannelFirst()
    {
        var door = new IngressHarness();
        long t = door.Now;
        Assert.Equal(
            ["Device #1 controller int-0001/c-1 Learnt", "Device #2 detector int-0001/5 Learnt, Channel", $"Events #1 seq=1 [{t},82,5] [{t},82,5] [{t},81,6] [{t},82,-1]"],
            door.Take(Events, $$"""{"seq":1,"events":[[{{t}},82,5],[{{t}},82,5],[{{t}},81,6],[{{t}},82,-1]]}"""));
    }

    [Fact]
    public void Accept_ChannelsOfTheNetworkFile_AreNotLearnt()
    {
        var door = new IngressHarness(network: Network.SampleNetwork.Json);
        long t = door.Now;
        Assert.Equal(
            ["Device #8 detector int-0001/7 Learnt, Channel", $"Events #3 [{t},82,5] [{t},82,6] [{t},82,7]"],
            door.Take(Events, $$"""{"events":[[{{t}},82,5],[{{t}},82,6],[{{t}},82,7]]}"""));
    }

    [Fact]
    public void Accept_UnknownChannelOfAClosedNetwork_CountsUnderItsController()
    {
        var door = new IngressHarness(o => o.Open = false, Network.SampleNetwork.Json);
        Func<long> refused = door.Meters.Count("trafficcore.ingress.channels.refused");
        Assert.Equal([$"Events #3 [{door.Now},82,9]"], door.Take(Events, $$"""{"events":[[{{door.Now}},82,9]]}"""));
        Assert.Equal(1, refused());
        Assert.Contains("unknown-device", Assert.Single(door.Take("traffic/v1/int-0001/controller/c-2/events", $$"""{"events":[[{{door.Now}},82,9]]}""")));
    }

    [Fact]
    public void Accept_BadAndOldEvents_AreRejectedOneByOne()
    {
        var door = new IngressHarness(network: Network.SampleNetwork.Json);
        long t = door.Now;
        Assert.Equal(
            [$"Events #3 seq=9 [{t},1,2] [{t},1,3]", "Rejection #3 controller int-0001/c-1 bad-event [1] | seq=9", "Rejection #3 controller int-0001/c-1 too-old [5,1,2] | seq=9"],
            door.Take(Events, $$"""{"seq":9,"events":[[{{t}},1,2],[1],[5,1,2],[{{t}},1,3]]}"""));
    }
}
