// The tabs that GraphiQL opens with: one for each thing that people come to the API for.
// examples.test.mjs checks them against schema.graphql.

export const examples = [
  `# Who you are, and the newest messages.
query NewestMessages {
  viewer { name role environment senders version }
  messages(first: 10) {
    nodes { id direction status from to body createdAt }
    pageInfo { hasNextPage endCursor }
    totalCount { value isExact }
    eventCursor
  }
}
`,
  `# Queues a message. Repeating it with the same idempotencyKey sends nothing twice.
mutation SendMessage {
  sendMessage(input: {
    to: "+15550001111"
    body: "Hello from the API"
    idempotencyKey: "hello-1"
  }) {
    message { id status lane dueAt }
    userErrors { code field message }
  }
}
`,
  `# Every step of every message, as it happens. Pass "after" to go on where you were, without a gap.
subscription WatchLive {
  messageEvents {
    cursor
    at
    kind
    status
    errorCode
    message { id direction to body version }
  }
}
`,
  `# Failed messages with what to do about them; retryMessage(id: …) sends one again.
query FailedMessages {
  messages(first: 20, filter: { status: [FAILED, UNDELIVERED] }) {
    nodes {
      id
      to
      isRetryable
      attemptCount
      error { code meaning owner nextStep }
    }
  }
}

mutation Retry($id: ID!) {
  retryMessage(id: $id) {
    message { id status attemptCount }
    userErrors { code message }
  }
}
`,
  `# How the queue is doing. The same field as a subscription repeats itself every second.
query QueueMetrics {
  queueMetrics {
    oldestDueSeconds
    throughputPerSecond
    deadMessages
    circuit
    redis
    lanes { lane queued scheduled sending retrying unconfirmed }
  }
}
`,
];
