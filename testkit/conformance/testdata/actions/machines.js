// Lets only known machines ask for tokens, and takes what they need not have.
exports.onExecuteCredentialsExchange = async (event, api) => {
  if (!event.request.ip.match(/^(127\.|::1)/)) {
    return api.access.deny('invalid_request', `${event.request.ip} may not ask for tokens.`)
  }
  if (event.transaction.requested_scopes.includes('write:orders') && event.client.metadata.writes !== 'true') {
    return api.access.deny('invalid_scope', 'This machine does not write.')
  }
  api.accessToken.setCustomClaim('https://acme.test/machine', event.client.name)
}
