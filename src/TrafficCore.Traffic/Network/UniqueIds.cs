namespace TrafficCore.Traffic.Network;

/// <summary>The ids of one kind in one scope; a second use is an error that names the first.</summary>
internal sealed class UniqueIds(List<NetworkError> errors, string kind)
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    public string Take(NetworkNode node, string name)
    {
        string id = node.Id(name);
        if (!_paths.TryAdd(id, node.Path))
        {
            errors.Add(new NetworkError($"{node.Path}.{name}", $"{kind} \"{id}\" is already at {_paths[id]}"));
        }

        return id;
    }
}
