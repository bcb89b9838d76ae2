# The service as a container: docker build -t trafficcore . && docker run -p 1883:1883 -p 8080:8080 -v trafficcore:/data trafficcore
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/TrafficCore.Host -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# The published ports are the container's own addresses: who may reach them is decided by what is published.
ENV TRAFFICCORE_Data__Directory=/data \
    TRAFFICCORE_Mqtt__Anonymous=true \
    TRAFFICCORE_Http__Address=* \
    TRAFFICCORE_Http__Anonymous=true
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
VOLUME /data
EXPOSE 1883 8080
ENTRYPOINT ["dotnet", "trafficcore.dll"]
CMD ["run"]
