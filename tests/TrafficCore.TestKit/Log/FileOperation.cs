namespace TrafficCore.TestKit.Log;

/// <summary>Kinds of operation that change something, for failing the nth of a kind.</summary>
public enum FileOperation
{
    Create,
    Write,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
    CreateDirectory,
}
