"""One whole scenario with Eclipse Paho for Python: PORT VERSION(4|5) TRANSPORT(tcp|websockets) TOPIC. Prints what it saw as JSON."""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PORT, VERSION, TRANSPORT, TOPIC = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
PATIENCE = 30


class Peer:
    def __init__(self, name, clean=True, will=None):
        options = {} if VERSION == 5 else {"clean_session": clean}
        self.client = mqtt.Client(name, protocol=VERSION, transport=TRANSPORT, **options)
        self.messages, self.present, self.clean = [], None, clean
        self.changed = threading.Condition()
        self.connected, self.subscribed = threading.Event(), threading.Event()
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = self.on_message
        if will:
            self.client.will_set(*will)

    def on_connect(self, client, userdata, flags, *_):
        self.present = bool(flags["session present"])
        self.connected.set()

    def on_message(self, client, userdata, message):
        with self.changed:
            self.messages.append(f"{message.topic}|{message.qos}|{message.retain}|{message.payload.decode()}")
            self.changed.notify()

    def open(self):
        self.connected.clear()
        options = {}
        if VERSION == 5:
            options["clean_start"] = self.clean
            if not self.clean:
                options["properties"] = Properties(PacketTypes.CONNECT)
                options["properties"].SessionExpiryInterval = 300
        self.client.connect("127.0.0.1", PORT, 60, **options)
        self.client.loop_start()
        assert self.connected.wait(PATIENCE), "not connected"
        return self

    def subscribe(self, topic, qos):
        self.subscribed.clear()
        self.client.subscribe(topic, qos)
        assert self.subscribed.wait(PATIENCE), "not subscribed"

    def publish(self, topic, payload, qos=1, retain=False):
        self.client.publish(topic, payload, qos, retain).wait_for_publish()

    def wait(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.messages) >= count, PATIENCE), self.messages

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def drop(self):
        self.client._sock_close()
        self.client.loop_stop()


publisher = Peer("publisher").open()
live = Peer("live").open()
live.subscribe(TOPIC.rsplit("/", 1)[0] + "/+", 2)
for qos in range(3):
    publisher.publish(TOPIC, f"q{qos}", qos)
live.wait(3)

publisher.publish("paho/state", "online", 1, True)
late = Peer("late").open()
late.subscribe("paho/+", 1)
late.wait(1)

watcher = Peer("watcher").open()
watcher.subscribe("last/will", 1)
dying = Peer("dying", will=("last/will", "gone", 1, False)).open()
dying.drop()
watcher.wait(1)

keeper = Peer("keeper", clean=False).open()
keeper.subscribe("kept/+", 2)
keeper.close()
publisher.publish("kept/1", "one", 1)
publisher.publish("kept/2", "two", 2)
keeper = Peer("keeper", clean=False).open()
keeper.wait(2)

print(json.dumps({"live": live.messages, "retained": late.messages, "will": watcher.messages, "kept": keeper.messages, "present": keeper.present}))
for peer in (publisher, live, late, watcher, keeper):
    peer.close()
