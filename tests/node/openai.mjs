// The unmodified OpenAI SDK for Node.js: prints what it got as JSON, for the tests to look at.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: process.env.API_KEY,
  maxRetries: 0,
});
const model = "openai/gpt-4o-mini";
const messages = [{ role: "user", content: "tokens=7" }];
const tool = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

async function streamed(options) {
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({
    model,
    messages,
    stream: true,
    ...options,
  })) {
    chunks.push(chunk);
  }
  return {
    content: chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join(""),
    empty: chunks.filter((chunk) => chunk.choices.length === 0).length,
    usage: chunks.at(-1).usage ?? null,
  };
}

async function failure(request) {
  try {
    await client.chat.completions.create(request);
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code };
  }
}

const buffered = await client.chat.completions.create({ model, messages });
const tools = await client.chat.completions.create({ model, messages, tools: [tool] });
const runner = client.chat.completions.stream({ model, messages, tools: [tool] });
const listed = [];
for await (const each of client.models.list()) listed.push(each.id);

console.log(
  JSON.stringify({
    buffered: { content: buffered.choices[0].message.content, usage: buffered.usage },
    streamed: await streamed({}),
    withUsage: await streamed({ stream_options: { include_usage: true } }),
    tools: tools.choices[0].message.tool_calls[0].function,
    streamedTools: (await runner.finalChatCompletion()).choices[0].message.tool_calls[0].function,
    lists: listed.includes(model),
    refused: await failure({ model: "twin/refuses", messages }),
    unknown: await failure({ model: "openai/gpt-99", messages }),
  }),
);
