// Publish one message over AMQP: AMQP_URL=amqp://partner-… node publish.mjs TYPE DATA [ID]
// Send a repeat under the same ID: the station recognizes it, and nothing changes.
import { randomUUID } from "node:crypto";
import amqp from "amqplib";

const EXCHANGE = "linli.partners";
const [type, data, id = randomUUID()] = process.argv.slice(2);
const user = decodeURIComponent(new URL(process.env.AMQP_URL).username);
const message = {
  specversion: "1.0",
  id,
  source: `/partners/${user.replace(/^partner-/, "")}`,
  type,
  time: new Date().toISOString(),
  data: JSON.parse(data),
};

let connection;
try {
  connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createConfirmChannel();
  const closed = new Promise((_, fail) => channel.on("error", fail));
  channel.on("return", () => fail(new Error("no queue accepts this type")));
  channel.publish(EXCHANGE, type, Buffer.from(JSON.stringify(message)), {
    contentType: "application/cloudevents+json",
    persistent: true,
    messageId: id,
    userId: user, // The broker checks the user; without it the message is parked.
    mandatory: true,
  });
  await Promise.race([channel.waitForConfirms(), closed]);
  if (!process.exitCode) console.log(id);
} catch (error) {
  fail(error);
} finally {
  await connection?.close();
}

function fail(error) {
  const refused = error.code === 403;
  console.error(refused ? `Refused: ${error.message}` : `Not accepted: ${error.message}`);
  process.exitCode = 1;
}
