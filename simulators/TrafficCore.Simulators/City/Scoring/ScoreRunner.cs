using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Scoring;

/// <summary>Asks a service what it knows of a run and compares that with the truth.</summary>
internal sealed class ScoreRunner
{
    private readonly ScoreOptions _options;
    private readonly ConsoleProgress _progress;

    public ScoreRunner(ScoreOptions options, ConsoleProgress progress) => (_options, _progress) = (options, progress);

    /// <summary>Compares everything.</summary>
    /// <exception cref="UsageException">There is no truth.</exception>
    /// <exception cref="IOException">The service does not answer.</exception>
    public async Task<ScoreReport> RunAsync(CancellationToken cancellation)
    {
        var truth = DetectorTruth.Read(() => Lines(TruthFiles.DetectorsName), _options.Intersections);
        var (healthy, faulty) = (new VolumeScore(), new VolumeScore());
        using var service = new ServiceClient(_options.Http);
        var done = 0;
        foreach (var (key, windows) in truth.Detectors)
        {
            var volumes = await service.VolumesAsync(key.Intersection, key.Detector, truth.From, truth.Until, truth.Window, cancellation);
            foreach (var window in windows)
            {
                (window.IsFaulty ? faulty : healthy).Add(window.Passed, window.Sent, volumes.TryGetValue(window.Start, out var volume) ? volume : null);
            }

            done++;
            _progress.Report((double)done / truth.Detectors.Count, $"{done} of {truth.Detectors.Count} detectors");
        }

        var boards = BoardTruth.Score(await BoardsAsync(service, truth, cancellation), Lines(TruthFiles.ApproachesName), Lines(TruthFiles.FaultsName), _options);
        return new ScoreReport(truth.Detectors.Keys.Select(static k => k.Intersection).Distinct().Count(), truth.Detectors.Count, healthy, faulty, boards);
    }

    private async Task<List<WatchingBoard>> BoardsAsync(ServiceClient service, DetectorTruth truth, CancellationToken cancellation)
    {
        var boards = WatchingBoard.Read(Lines(TruthFiles.BoardsName));
        if (_options.Boards == BoardSource.Log)
        {
            for (var i = 0; i < boards.Count; i++)
            {
                // What is decided at the very end belongs to it.
                boards[i] = boards[i] with { Changes = await service.BoardLogAsync(boards[i].Intersection, boards[i].Board, truth.From, truth.Until + 1, cancellation) };
            }
        }

        return boards;
    }

    private IEnumerable<string> Lines(string name)
    {
        var path = Path.Combine(_options.Truth, name);
        return File.Exists(path) ? File.ReadLines(path) : throw new UsageException($"{path}: there is no such file.");
    }
}
