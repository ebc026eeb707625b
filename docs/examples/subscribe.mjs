// Read messages over AMQP: AMQP_URL=amqp://partner-… node subscribe.mjs [COUNT]
// Print each as a line of JSON: COUNT of them, or all until the program is stopped.
import amqp from "amqplib";

const count = Number(process.argv[2] ?? 0);
const user = decodeURIComponent(new URL(process.env.AMQP_URL).username);
const queue = `linli.readers.${user.replace(/^partner-/, "")}`;
const handled = new Set(); // Store the keys durably, in the transaction that handles the message.

let connection;
try {
  connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createChannel();
  const closed = new Promise((_, fail) => channel.on("error", fail));
  await channel.prefetch(50);
  const enough = new Promise((resolve) => {
    channel.consume(queue, (delivery) => {
      const message = JSON.parse(delivery.content);
      const key = JSON.stringify([message.source, message.id]);
      if (!handled.has(key)) {
        console.log(JSON.stringify(message));
        handled.add(key);
      }
      channel.ack(delivery); // Only now does the queue drop the message.
      if (handled.size === count) resolve();
    }).catch(() => {}); // An error closes the channel, which rejects `closed`.
  });
  await Promise.race([enough, closed]);
  await channel.close();
} catch (error) {
  console.error(`${error.code === 403 ? "Refused" : "Not read"}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await connection?.close();
}
