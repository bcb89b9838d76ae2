// One scenario of the npm client: subscribe, publish at each QoS, retained message, will, persistent session.
// Prints one JSON line; a deadline ends it when something never arrives.
const mqtt = require('mqtt');

const [url, version, topic] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const session = version === 5 ? { properties: { sessionExpiryInterval: 300 } } : {};
const base = { protocolVersion: version, reconnectPeriod: 0, connectTimeout: 5000 };
setTimeout(() => { console.error('deadline'); process.exit(1); }, 20000);

const collect = (client, count) => new Promise((resolve) => {
  const got = [];
  client.on('message', (topic, payload, packet) => {
    got.push(`${topic}|${packet.qos}|${packet.retain}|${payload}`);
    if (got.length === count) resolve(got);
  });
});

(async () => {
  const result = {};
  const sub = await mqtt.connectAsync(url, { ...base, clientId: 'npm-sub' });
  const pub = await mqtt.connectAsync(url, { ...base, clientId: 'npm-pub' });
  await sub.subscribeAsync(`${topic.split('/')[0]}/#`, { qos: 2 });
  const live = collect(sub, 3);
  for (const qos of [0, 1, 2]) await pub.publishAsync(topic, `q${qos}`, { qos });
  result.live = await live;

  await pub.publishAsync('npm/state', 'online', { qos: 1, retain: true });
  const late = await mqtt.connectAsync(url, { ...base, clientId: 'npm-late' });
  const retained = collect(late, 1);
  await late.subscribeAsync('npm/state', { qos: 1 });
  result.retained = await retained;

  const dying = await mqtt.connectAsync(url, { ...base, clientId: 'npm-dying', will: { topic: 'npm/will', payload: 'gone', qos: 1 } });
  await late.subscribeAsync('npm/will', { qos: 1 });
  late.removeAllListeners('message');
  const will = collect(late, 1);
  dying.stream.destroy();
  result.will = await will;

  const kept = { ...base, ...session, clientId: 'npm-kept', clean: false };
  let keeper = await mqtt.connectAsync(url, kept);
  await keeper.subscribeAsync('npm/kept/#', { qos: 2 });
  await keeper.endAsync();
  await pub.publishAsync('npm/kept/1', 'one', { qos: 1 });
  await pub.publishAsync('npm/kept/2', 'two', { qos: 2 });
  keeper = mqtt.connect(url, kept);
  const queued = collect(keeper, 2);
  keeper.on('connect', (connack) => { result.sessionPresent = connack.sessionPresent; });
  result.kept = await queued;

  await pub.unsubscribeAsync('nothing/at/all');
  for (const client of [sub, pub, late, keeper]) await client.endAsync();
  console.log(JSON.stringify(result));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
