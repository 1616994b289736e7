// Refuses addresses that are thrown away, and notes where a user comes from.
const refused = new Set(['mailinator.test', 'trash.test'])

exports.onExecutePreUserRegistration = async (event, api) => {
  const domain = (event.user.email ?? '').split('@').pop().toLowerCase()
  if (refused.has(domain)) {
    api.access.deny(`${domain} is refused`, 'Please sign up with an address of your own.')
    return
  }
  api.user.setUserMetadata('came_from', event.client?.name ?? 'unknown')
  api.user.setAppMetadata('plan', 'free')
}
