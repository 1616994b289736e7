exports.onExecutePostLogin = async (event, api) => {
  const plan = event.user.app_metadata.plan
  if (plan === 'cancelled') {
    api.access.deny('Your plan has ended.')
    return
  }
  console.log('plan of %s: %s', event.user.email, plan)
  api.idToken.setCustomClaim('https://acme.test/plan', plan || 'free')
}
