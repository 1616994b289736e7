// Lets the staff in, asks them for a second factor at admin tools, and tells the API who they are.
exports.onExecutePostLogin = async (event, api) => {
  const { email = '', email_verified: verified, app_metadata: app, user_metadata: own } = event.user
  const domain = email.split('@')[1]
  const allowed = JSON.parse(event.secrets.DOMAINS)
  if (!verified || !allowed.includes(domain)) {
    return api.access.deny(`Access to ${event.client.name} is for the staff.`)
  }
  const networks = (event.client.metadata.networks ?? '').split(',').filter(Boolean)
  if (networks.length > 0 && !networks.some((network) => event.request.ip.startsWith(network))) {
    return api.access.deny(`${event.request.ip} is no address of ours.`)
  }

  // A price list is the same for everybody, for an hour.
  let prices = api.cache.get('prices')?.value
  if (!prices) {
    prices = JSON.stringify({ gold: 10, free: 0 })
    api.cache.set('prices', prices, { ttl: 3600000 })
  }

  const namespace = 'https://acme.test/'
  api.idToken.setCustomClaim(namespace + 'price', JSON.parse(prices)[app.plan ?? 'free'])
  api.accessToken.setCustomClaim(namespace + 'roles', event.authorization?.roles ?? [])
  api.accessToken.setCustomClaim(namespace + 'country', event.request.geoip.countryCode ?? null)
  if (own.lang === undefined) api.user.setUserMetadata('lang', event.transaction?.locale ?? 'en')
  if (event.stats.logins_count === 1) api.user.setAppMetadata('first_client', event.client.client_id)

  const proved = (event.authentication?.methods ?? []).some(({ name }) => name === 'mfa')
  if (event.client.metadata.admin === 'true' && !proved) api.multifactor.enable('any', { allowRememberBrowser: false })
}

exports.onContinuePostLogin = async () => {}
