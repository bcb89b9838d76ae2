# Two images of one source:
#   docker build --target trafficcore -t trafficcore .
#   docker build --target simulators -t trafficcore-sim .
# docker-compose.yml builds both. The service alone: docker run -p 127.0.0.1:1883:1883 -p 127.0.0.1:8080:8080 -v trafficcore:/data trafficcore
ARG DOTNET=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS source
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ src/
COPY simulators/ simulators/

FROM source AS publish-trafficcore
RUN dotnet publish src/TrafficCore.Host -c Release -o /publish

FROM source AS publish-simulators
RUN dotnet publish simulators/TrafficCore.Simulators -c Release -o /publish

# What both run on. The root file system may be read-only: the runtime then must not open its diagnostic socket in /tmp.
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET} AS runtime
WORKDIR /app
ENV DOTNET_EnableDiagnostics=0
RUN mkdir /data /network && chown ${APP_UID}:${APP_UID} /data /network

FROM runtime AS simulators
COPY --from=publish-simulators /publish .
USER ${APP_UID}
ENTRYPOINT ["dotnet", "trafficcore-sim.dll"]
CMD ["--help"]

# Last, so that it is what `docker build` makes without a target.
FROM runtime AS trafficcore
COPY --from=publish-trafficcore /publish .
# The listeners take all addresses of the container; who may reach them is decided by what is published. Without accounts whoever does may publish and read.
ENV TRAFFICCORE_Data__Directory=/data \
    TRAFFICCORE_Mqtt__Anonymous=true \
    TRAFFICCORE_Http__Address=* \
    TRAFFICCORE_Http__Anonymous=true
USER ${APP_UID}
VOLUME /data
EXPOSE 1883 8080
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["dotnet", "trafficcore.dll", "health"]
ENTRYPOINT ["dotnet", "trafficcore.dll"]
CMD ["run"]
