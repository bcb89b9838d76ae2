using System.Text;
using TrafficCore.Host.Cli;
using TrafficCore.Host.Composition;

ServicePlatform.PrepareSockets();
await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
return await CommandLine.RunAsync(args, output, Console.Error);
