// SPDX-FileCopyrightText: 2026 The wazi authors
// SPDX-License-Identifier: Apache-2.0
// Asks the server at the address of the first argument with the official client; prints what came back as one JSON value.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "public", maxRetries: 0 });
const question = process.argv[3];
const told = {};

const chat = await client.chat.completions.create({ model: "wazi", messages: [{ role: "user", content: question }] });
told.chat = chat.choices[0].message.content;
told.cited = chat.choices[0].message.annotations[0].url_citation.wazi.text;

const pieces = [];
let usage = null;
const stream = await client.chat.completions.create({
  model: "wazi",
  messages: [{ role: "user", content: question }],
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  pieces.push(chunk.choices[0]?.delta?.content ?? "");
  usage = chunk.usage ?? usage;
}
told.streamed = pieces.join("");
told.tokens = usage.total_tokens;

const response = await client.responses.create({ model: "wazi", input: question });
told.response = response.output_text;
told.stored = (await client.responses.retrieve(response.id)).output[0].content[0].text;

const events = [];
for await (const event of client.responses.stream({ model: "wazi", input: question })) events.push(event.type);
told.events = events;

const ticket = await client.responses.create({ model: "wazi", input: question, background: true });
let later = ticket;
while (later.status === "in_progress") {
  await new Promise((done) => setTimeout(done, 50));
  later = await client.responses.retrieve(ticket.id);
}
told.later = later.output[0].content[0].text;
await client.responses.delete(ticket.id);
told.gone = await client.responses.retrieve(ticket.id).catch((error) => error.constructor.name);

told.models = (await client.models.list()).data.map((model) => model.id);
const embedded = await client.embeddings.create({ model: "wazi", input: ["market stall"] });
told.dimension = embedded.data[0].embedding.length;
told.files = (await client.files.list()).data.map((file) => file.filename);
told.found = (await client.vectorStores.search("documents", { query: question })).data[0].content[0].text;
told.wrong = await client.chat.completions
  .create({ model: "gpt-9", messages: [{ role: "user", content: question }] })
  .catch((error) => error.constructor.name);
told.empty = await client.responses.create({ model: "wazi", input: " " }).catch((error) => error.constructor.name);

console.log(JSON.stringify(told));
