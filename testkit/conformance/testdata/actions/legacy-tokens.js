// Takes the tokens of an older system, which a package of npm verifies.
const jwt = require('jsonwebtoken')

exports.onExecuteCustomTokenExchange = async (event, api) => {
  let claims
  try {
    claims = jwt.verify(event.transaction.subject_token, event.secrets.LEGACY_KEY, { algorithms: ['HS256'], audience: 'legacy' })
  } catch (error) {
    return api.access.rejectInvalidSubjectToken(error.message)
  }
  api.authentication.setUserByConnection('email', { user_id: claims.sub, email: claims.email, email_verified: true, verify_email: false },
    { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' })
  api.user.setAppMetadata('legacy_id', claims.sub)
}
