// Made from the OpenAPI document of the control API by go test ./docs -update.

export type AppCode = {
  code: string;
  expires_at: string;
  expires_in: number;
};

export type Attachment = {
  content_id?: string;
  content_type: string;
  file_name: string;
  part: string;
  size: number;
};

export type ClockMove = {
  /** How far to move forward, such as 3m, 24h, or 180 for as many seconds. */
  advance?: number | string;
  /** true stops the clock where it is, false lets it run on. */
  freeze?: boolean;
  /** true goes back to real time. */
  reset?: boolean;
  /** The time at which to stop the clock, RFC 3339. */
  set?: string;
};

export type ClockState = {
  now: string;
  offset?: string;
  running: boolean;
};

export type Counts = {
  auth_codes: number;
  challenges: number;
  device_codes: number;
  dropped_auth_codes: number;
  dropped_challenges: number;
  dropped_device_codes: number;
  dropped_invitations: number;
  dropped_logs: number;
  dropped_refresh_tokens: number;
  dropped_sessions: number;
  invitations: number;
  logs: number;
  refresh_tokens: number;
  sessions: number;
  users: number;
};

export type Credential = {
  code?: string;
  expires_at?: string;
  id: string;
  link?: string;
  otp_state: string;
  to: string;
};

export type Deletion = {
  deleted: number;
};

export type DeviceAnswer = {
  /** What the user says to the device. */
  answer: "approve" | "deny";
  /** Who approves: a user_id, an e-mail address, a phone number or a username. */
  user?: string;
};

export type DeviceCode = {
  /** The audience that the device asks for. */
  audience?: string;
  /** The client. */
  client_id: string;
  /** The code with which the device asks for its tokens. */
  device_code: string;
  /** When the codes end. */
  expires_at?: string;
  /** The scope that the device asks for. */
  scope?: string;
  /** The claim sid: the session of the browser in which the user approved. */
  sid?: string;
  /** What the user has answered, or that the codes have expired. */
  state: "approved" | "denied" | "expired" | "pending";
  /** The code that the device shows. */
  user_code: string;
  /** The user who approved. */
  user_id?: string;
};

export type Expect = {
  /** A number, or a lower limit such as ">=1". */
  fired?: number | string;
};

export type Failure = {
  expected: string;
  fired: number;
  message: string;
  name: string;
  near_misses: string[];
};

export type Fixture = {
  /** Captchas, and the protection against attacks. */
  attack_protection?: {
    /** The policies of Auth0's bot detection. Each replaces the policy of captcha. */
    bot_detection?: {
      /** For sign-up, and for a login with a password. Default: the policy of captcha. */
      challenge_password_policy?: "always" | "never" | "when_risky";
      /** For users who have forgotten the password. Default: the policy of captcha. */
      challenge_password_reset_policy?: "always" | "never" | "when_risky";
      /** For a login with a code. Default: the policy of captcha. */
      challenge_passwordless_policy?: "always" | "never" | "when_risky";
      /** Other fields of Auth0. The Management API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
    };
    /** The Management API returns it, and it has no effect. */
    breached_password_detection?: Record<string, unknown>;
    /** The block after many wrong passwords or codes. It has an effect only with limits.enforce. */
    brute_force_protection?: {
      /** false: nobody is blocked. Default: true. */
      enabled?: boolean;
      /** Other fields of Auth0. The Management API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** How many wrong passwords or codes block an address. Default: 10. */
      max_attempts?: number;
    };
    /** One policy for all. */
    captcha?: {
      /** Fields of Auth0, such as active_provider_id. The Management API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** always: a user must solve a captcha to get a code, to sign in with a password, to sign up, or to reset a password. when_risky does the same as never, as the mock knows no risk. Default: never. */
      policy?: "always" | "never" | "when_risky";
    };
    /** The settings of the assessment of new devices. The Management API returns them, and they have no effect. */
    new_device?: Record<string, unknown>;
    /** The Management API returns it, and it has no effect. */
    phone_provider_protection?: Record<string, unknown>;
    /** The settings of risk assessments. The Management API returns them, and they have no effect. */
    risk_assessments?: Record<string, unknown>;
    /** The Management API returns them, and they have no effect. */
    supplemental_signals?: Record<string, unknown>;
    /** The Management API returns it, and it has no effect. */
    suspicious_ip_throttling?: Record<string, unknown>;
  };
  /** The look of the pages. */
  branding?: {
    /** Colors. */
    colors?: {
      /** The color behind the page, as in #ffffff, or a gradient: a map with type, start, end and angle_deg. */
      page_background?: unknown;
      /** The color of buttons and links, as in #0059d6. */
      primary?: string;
    };
    /** The URL of the icon of the pages. */
    favicon_url?: string;
    /** The font. */
    font?: {
      /** The URL of the font. */
      url?: string;
    };
    /** Other fields of Auth0. The Management API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The URL of the logo. */
    logo_url?: string;
    /** Templates of pages, in Liquid. */
    templates?: Array<{
      /** The HTML, in Liquid. */
      body?: string;
      /** The only template is universal_login. */
      template: "universal_login";
    }>;
    /** Themes. The first one is the default. */
    themes?: Array<{
      /** Borders. */
      borders?: Record<string, unknown>;
      /** Colors. */
      colors?: Record<string, unknown>;
      /** The name of the theme. */
      displayName?: string;
      /** Fonts. */
      fonts?: Record<string, unknown>;
      /** How pages show addresses and numbers. */
      identifiers?: Record<string, unknown>;
      /** What is behind the page. */
      page_background?: Record<string, unknown>;
      /** The id: 32 letters and digits. Default: computed from the seed and the name. */
      themeId?: string;
      /** The box of the login. */
      widget?: Record<string, unknown>;
    }>;
  };
  /** The APIs and scopes that a client may use with client_credentials. */
  client_grants?: Array<{
    /** The grant is good for each organization. Otherwise it must be in client_grants of the organization. */
    allow_any_organization?: boolean;
    /** The API's identifier. /api/v2/ is the Management API, whatever host name the tenant has. */
    audience: string;
    /** The client. */
    client_id: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** Whether the client names an organization with client_credentials: never, if it likes, or always. Default: deny. */
    organization_usage?: "allow" | "deny" | "require";
    /** The scopes that the client may get. */
    scope?: string[];
  }>;
  /** Applications. testkit's ClientID is the first one. */
  clients?: Array<{
    /** Allowed logout URLs, with * as in callbacks. The query, the fragment, and the case of scheme and host do not count. */
    allowed_logout_urls?: string[];
    /** Origins of web pages that may call the tenant. */
    allowed_origins?: string[];
    /** The kind of application. regular_web and non_interactive are confidential. Default: non_interactive if client_credentials is the only grant, else regular_web if there is a client_secret, else native. */
    app_type?: "native" | "non_interactive" | "regular_web" | "spa";
    /** Allowed callback URLs. A * is allowed in the first part of the host, as in https://pr-*-shop.acme.test/cb. http://localhost:* is any port and path on localhost, 127.0.0.1 and [::1]. */
    callbacks?: string[];
    /** Custom claims (with a namespace) that an Action would add to the client's ID and access tokens. */
    claims?: Record<string, unknown>;
    /** How the client authenticates without a secret: private_key_jwt. */
    client_authentication_methods?: {
      /** Client assertions, which the client signs with its own key. */
      private_key_jwt?: {
        /** Public keys. An assertion may be signed with any of them. */
        credentials?: Array<{
          /** The algorithm of the assertions. Default: RS256. */
          alg?: "PS256" | "RS256" | "RS384";
          /** When the key was added by the Management API. */
          created_at?: string;
          /** The only type is public_key. */
          credential_type?: "public_key";
          /** From this time on the key is not used. Default: never. */
          expires_at?: string;
          /** The id of the credential, which no request shows. */
          id?: string;
          /** The key is not used for an assertion with another kid. */
          kid?: string;
          /** A note for readers. */
          name?: string;
          /** An RSA public key of 2,048 bits or more, or its certificate, in PEM form. */
          pem?: string;
        }>;
      };
    };
    /** The client_id, as in the application's settings. */
    client_id: string;
    /** In templates, as application.client_metadata. */
    client_metadata?: Record<string, unknown>;
    /** The client_secret of a confidential application. */
    client_secret?: string;
    /** Public keys that the client has beside those of client_authentication_methods, and does not use. */
    credentials?: Array<{
      /** The algorithm of the assertions. Default: RS256. */
      alg?: "PS256" | "RS256" | "RS384";
      /** When the key was added by the Management API. */
      created_at?: string;
      /** The only type is public_key. */
      credential_type?: "public_key";
      /** From this time on the key is not used. Default: never. */
      expires_at?: string;
      /** The id of the credential, which no request shows. */
      id?: string;
      /** The key is not used for an assertion with another kid. */
      kid?: string;
      /** A note for readers. */
      name?: string;
      /** An RSA public key of 2,048 bits or more, or its certificate, in PEM form. */
      pem?: string;
    }>;
    /** Allow embedded login in a browser. */
    cross_origin_authentication?: boolean;
    /** The organization of a grant that needs one, if the request names none. */
    default_organization?: {
      /** The grants for which it is the default. */
      flows?: Array<"client_credentials">;
      /** The id of the organization. */
      organization_id?: string;
    };
    /** A note for readers. */
    description?: string;
    /** The grants that the client may use. */
    grant_types?: Array<"authorization_code" | "client_credentials" | "http://auth0.com/oauth/grant-type/mfa-oob" | "http://auth0.com/oauth/grant-type/mfa-otp" | "http://auth0.com/oauth/grant-type/mfa-recovery-code" | "http://auth0.com/oauth/grant-type/password-realm" | "http://auth0.com/oauth/grant-type/passwordless/otp" | "http://auth0.com/oauth/legacy/grant-type/access_token" | "http://auth0.com/oauth/legacy/grant-type/delegation/id_token" | "http://auth0.com/oauth/legacy/grant-type/delegation/refresh_token" | "http://auth0.com/oauth/legacy/grant-type/ro" | "http://auth0.com/oauth/legacy/grant-type/ro/jwt-bearer" | "implicit" | "password" | "refresh_token" | "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:okta:params:oauth:grant-type:webauthn" | "urn:openid:params:grant-type:ciba">;
    /** Where the URL of an invitation leads: the address in the app that begins a login. */
    initiate_login_uri?: string;
    /** false makes the client a third-party application. Auth0 does not serve it at /passwordless/*, /dbconnections/* and /co/authenticate, and gives it only the grants authorization_code, refresh_token and client_credentials. Default: true. */
    is_first_party?: boolean;
    /** For the rate limits and brute-force protection, the end user's IP address is that of the header auth0-forwarded-for, if the request has the client's secret. */
    is_token_endpoint_ip_header_trusted?: boolean;
    /** Settings of the ID token. */
    jwt_configuration?: {
      /** The algorithm of the ID token. HS256 signs with the client_secret, which must have 32 bytes or more. Default: RS256. */
      alg?: "HS256" | "RS256";
      /** Lifetime of an ID token, in seconds. Default: 36000. */
      lifetime_in_seconds?: number;
    };
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The URL of the application's logo. The login pages show it if the tenant has no logo. */
    logo_uri?: string;
    /** The identifiers of the mobile apps. The links of send=link_ios and send=link_android have them. So have the files that tell a phone which apps belong to the tenant. */
    mobile?: {
      /** The Android app. */
      android?: {
        /** The package name in the links of send=link_android and in /.well-known/assetlinks.json. Default for the links: the client_id. */
        app_package_name?: string;
        /** The fingerprints of the app's signing certificates, for /.well-known/assetlinks.json. */
        sha256_cert_fingerprints?: string[];
      };
      /** The iOS app. */
      ios?: {
        /** The bundle id in the links of send=link_ios and in /apple-app-site-association. Default for the links: the client_id. */
        app_bundle_identifier?: string;
        /** The team at Apple, for /apple-app-site-association. */
        team_id?: string;
      };
    };
    /** The name in messages and on pages. Default: the client_id. */
    name?: string;
    /** Kept; false has no effect: every client is OIDC conformant. */
    oidc_conformant?: boolean;
    /** What the page before the login asks for: an e-mail address, whose domain is one of discovery_domains of an organization, or the organization's name. Default: [email]. */
    organization_discovery_methods?: Array<"email" | "organization_name">;
    /** What happens if the app names no organization. pre_login_prompt: a page asks for it before the login. post_login_prompt: the user picks one after the login. no_prompt: with organization_usage: require the login is refused. Default: no_prompt. */
    organization_require_behavior?: "no_prompt" | "post_login_prompt" | "pre_login_prompt";
    /** Whether users sign in through an organization: never, if the app asks for it, or always. Default: deny. */
    organization_usage?: "allow" | "deny" | "require";
    /** Settings of the refresh token. */
    refresh_token?: {
      /** expiring: the lifetimes below are used. Tokens that rotate must expire. Default: expiring for rotating, else non-expiring. */
      expiration_type?: "expiring" | "non-expiring";
      /** Lifetime without use, in seconds, not longer than token_lifetime. Default: 2592000, or token_lifetime if that is shorter. */
      idle_token_lifetime?: number;
      /** idle_token_lifetime is not used. Default: true for non-expiring. */
      infinite_idle_token_lifetime?: boolean;
      /** token_lifetime is not used. Default: true for non-expiring. */
      infinite_token_lifetime?: boolean;
      /** For this many seconds a token that was exchanged may be used again. */
      leeway?: number;
      /** rotating: each use of a token returns a new token. Default: rotating for spa, else non-rotating. A client of app_type spa gets refresh tokens only if they rotate. */
      rotation_type?: "non-rotating" | "rotating";
      /** Lifetime from the login on, in seconds. It is fixed when a token is issued. Default: 2592000. */
      token_lifetime?: number;
    };
    /** The client gets only access tokens that are bound to its key. It must send a DPoP proof, and the API must have proof_of_possession with mechanism dpop. If the token is for no API, a proof is enough. */
    require_proof_of_possession?: boolean;
    /** permissive is for third-party applications from before 2026: they may do what others may. Default: strict. */
    third_party_security_mode?: "permissive" | "strict";
    /** How the client authenticates. Default: none for native and spa, else client_secret_post; no default with client_authentication_methods. With client_secret_post and client_secret_basic the secret may be in the body or in the header, as at Auth0. */
    token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post" | "none";
    /** Origins of web pages that may use web_message and embedded login. */
    web_origins?: string[];
  }>;
  /** The tenant's clock. */
  clock?: {
    /** false stops the clock at start. Default: true. */
    running?: boolean;
    /** The time at which the clock starts, RFC 3339. Default: now. */
    start?: string;
  };
  /** Passwordless and database connections. */
  connections?: Array<{
    /** The connection refuses logins with "Connection is disabled". */
    disabled?: boolean;
    /** The client_ids that may use the connection. "*" is all of them. */
    enabled_clients?: string[];
    /** con_ and 16 characters. Default: derived from the name. */
    id?: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The name, and the realm of a token request. */
    name: string;
    /** The connection's options. */
    options?: {
      /** For strategy auth0, in place of requires_username: what users sign up and sign in with. It may be the e-mail address, the phone number and the username. Default: the e-mail address. */
      attributes?: {
        /** The e-mail address. */
        email?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
          /** Kept; false has no effect: two users of a connection never have the same address. */
          unique?: boolean;
          /** code (or otp) with signup.verification.active: a user whose address is not verified has to enter the code of an e-mail on the login pages. Default: link, which has no effect. */
          verification_method?: "code" | "link" | "otp";
        };
        /** The phone number. */
        phone_number?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
        };
        /** The username. */
        username?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
          /** Which usernames are allowed. */
          validation?: {
            /** What a username may look like. */
            allowed_types?: {
              /** A username may be an e-mail address. */
              email?: boolean;
              /** A username may be a phone number. */
              phone_number?: boolean;
            };
            /** Default: 15. */
            max_length?: number;
            /** Default: 1. */
            min_length?: number;
          };
        };
      };
      /** For strategy email: parameters that each magic link has, such as scope and response_type. The authParams of a request are added, and win. */
      authParams?: "" | Record<string, unknown>;
      /** For strategy auth0: how users prove who they are. Default: by password. */
      authentication_methods?: {
        /** A code by e-mail, at /otp/challenge and on the login pages. */
        email_otp?: {
          /** Default: false. */
          enabled?: boolean;
        };
        /** A passkey. */
        passkey?: {
          /** Kept; true has no effect. */
          enabled?: boolean;
        };
        /** The password. */
        password?: {
          /** Kept, but has no effect. */
          api_behavior?: string;
          /** Default: true. */
          enabled?: boolean;
          /** Kept, but has no effect. */
          signup_behavior?: string;
        };
        /** A code by text message or voice call, at /otp/challenge and on the login pages. */
        phone_otp?: {
          /** Default: false. */
          enabled?: boolean;
        };
      };
      /** Has an effect only with limits.enforce. Default: true. */
      brute_force_protection?: boolean;
      /** Only existing users may sign in. */
      disable_signup?: boolean;
      /** For strategy email: the e-mail. Default: the mock's own text. */
      email?: {
        /** The HTML text. */
        body?: string;
        /** The sender, as in {{ application.name }} <login@acme.test>. With an address of auth0.com the default e-mail is sent, as at Auth0. */
        from?: string;
        /** The subject. */
        subject?: string;
        /** How from, subject and body are written. Both are Liquid; md_with_macros also knows macros such as @@password@@. Markdown is not rendered. Default: liquid. */
        syntax?: "liquid" | "md_with_macros";
      };
      /** Send the caller's IP address and user agent to the gateway. */
      forward_req_info?: "false" | "true" | false | true;
      /** For strategy sms: the number or name of the sender. */
      from?: string;
      /** How the mock makes the bearer token for the gateway. */
      gateway_authentication?: {
        /** The claim aud of the token. */
        audience?: string;
        /** The only method is bearer. */
        method?: "bearer";
        /** The secret that signs the token (HS256). */
        secret?: string;
        /** The secret is in base64url. */
        secret_base64_encoded?: boolean;
        /** The claim sub of the token. */
        subject?: string;
      };
      /** The URL of the SMS gateway. The mock calls it only on loopback, or on a host that --allow-outbound names. */
      gateway_url?: string;
      /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** Kept, but has no effect. */
      messaging_service_sid?: string;
      /** The name of the connection again, as exports have it. */
      name?: string;
      /** Kept, but has no effect. */
      non_persistent_attrs?: string[];
      /** With sms_gateway, the mock sends each text message to gateway_url. */
      provider?: "sms_gateway" | "twilio";
      /** For strategy auth0: users have a username beside their e-mail address, and sign in with either. */
      requires_username?: boolean;
      /** Kept, but has no effect. */
      set_user_root_attributes?: string;
      /** The strategy of the connection again, as exports have it. */
      strategy?: string;
      /** For strategy sms: how template is written. Both are Liquid; md_with_macros also knows @@password@@. Default: md_with_macros. */
      syntax?: "liquid" | "md_with_macros";
      /** For strategy sms: the text message. Default: Auth0's text. */
      template?: string;
      /** The one-time password. */
      totp?: {
        /** How many digits a code has. Default: 6. */
        length?: number;
        /** Lifetime of a code, in seconds. Default: 180. */
        time_step?: number;
      };
      /** Kept, but has no effect: the mock never calls Twilio. */
      twilio_sid?: string;
      /** Kept, but has no effect. */
      twilio_token?: string;
      /** Kept, but has no effect. */
      upstream_params?: Record<string, unknown>;
      /** For strategy auth0 with requires_username: which usernames are allowed. */
      validation?: {
        /** How long a username may be. */
        username?: {
          /** Default: 15. */
          max?: number;
          /** Default: 1. */
          min?: number;
        };
      };
    };
    /** email and sms are passwordless, auth0 is a database. */
    strategy: "auth0" | "email" | "sms";
  }>;
  /** Custom domains. They have no effect: requests may use any host name. */
  custom_domains?: Array<{
    /** When the Management API created it. */
    created_at?: string;
    /** cd_ and 16 letters or digits. Default: computed from the seed and the name. */
    custom_domain_id?: string;
    /** The host name. */
    domain: string;
    /** It was made the default domain. That has no effect on links. Only one is. */
    is_default?: boolean;
    /** Other fields of Auth0. The Management API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** Default: ready. */
    status?: "pending_verification" | "ready";
    /** Kept and returned. */
    tls_policy?: "compatible" | "recommended";
    /** Whose certificates it has. Default: auth0_managed_certs. */
    type?: "auth0_managed_certs" | "self_managed_certs";
  }>;
  /** Who sends the tenant's e-mails. Kept; only default_from_address has an effect. */
  email_provider?: {
    /** Kept, but has no effect. The Management API never shows the secrets among them. */
    credentials?: Record<string, unknown>;
    /** The sender of all e-mails whose template names none. */
    default_from_address?: string;
    /** false: default_from_address is not used. Default: true. */
    enabled?: boolean;
    /** Kept, but has no effect. */
    name: "azure_cs" | "custom" | "mailgun" | "mandrill" | "ms365" | "resend" | "sendgrid" | "ses" | "smtp" | "sparkpost";
    /** Kept, but has no effect. */
    settings?: Record<string, unknown>;
  };
  /** The tenant's own e-mail templates. */
  email_templates?: Array<{
    /** The HTML text. Default: the mock's own e-mail. */
    body?: string;
    /** Whether the template is used. verify_email and welcome_email are sent only if their template is enabled. All other e-mails are sent with the mock's own text if it is not. */
    enabled?: boolean;
    /** The sender. Default: the default_from_address of email_provider, else the mock's own. */
    from?: string;
    /** For verify_email: whether resultUrl gets the parameter email. Default: true. */
    includeEmailInRedirect?: boolean;
    /** For verify_email: where the link leads the browser when it has done its work, in Liquid. A result_url of a ticket wins. */
    resultUrl?: string;
    /** The subject. Default: the mock's own. */
    subject?: string;
    /** Auth0 has only liquid here. Default: liquid. */
    syntax?: string;
    /** Which e-mail it is: one of Auth0's names, such as verify_email. */
    template: "async_approval" | "auth_email_by_code" | "blocked_account" | "change_password" | "enrollment_email" | "mfa_oob_code" | "password_reset" | "reset_email" | "reset_email_by_code" | "stolen_credentials" | "user_invitation" | "verify_email" | "verify_email_by_code" | "welcome_email";
    /** For how many seconds the link of the e-mail works. Default: 432000. */
    urlLifetimeInSeconds?: number;
  }>;
  /** Webhooks that get events about users. */
  event_streams?: Array<{
    /** When it was created. */
    created_at?: string;
    /** The receiver. */
    destination?: {
      /** The receiver. */
      configuration?: {
        /** The fields of other kinds of receivers. The API returns them, and they have no effect. */
        kept?: Record<string, unknown>;
        /** How the webhook knows that the call is the tenant's. */
        webhook_authorization?: {
          /** For custom_header: the name. */
          header_key?: string;
          /** For custom_header: the value. */
          header_value?: string;
          /** bearer sends token, basic sends username and password, custom_header sends a header of any name. Default: bearer. */
          method?: "basic" | "bearer" | "custom_header";
          /** For basic. */
          password?: string;
          /** For bearer. */
          token?: string;
          /** For basic. */
          username?: string;
        };
        /** The URL of the webhook. The mock calls it only on loopback, or on a host that --allow-outbound names. */
        webhook_endpoint?: string;
      };
      /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** The kind of receiver. The mock sends to webhook alone. Default: webhook. */
      type?: "action" | "eventbridge" | "webhook";
    };
    /** est_ and 22 characters. Default: derived from the name. */
    id?: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The name. */
    name: string;
    /** Only an enabled stream sends. Default: enabled. */
    status?: "disabled" | "enabled";
    /** Which events are sent. */
    subscriptions?: Array<{
      /** The mock sends user.created, user.updated and user.deleted. */
      event_type: string;
    }>;
    /** When it was changed. */
    updated_at?: string;
  }>;
  /** A built-in fixture. Each section that this file does not have is taken from it. Grants and users that are taken this way are left out if their client, API or connection does not exist. A loaded fixture has no extends. */
  extends?: "default" | "minimal" | "strict";
  /** Multi-factor authentication. */
  guardian?: {
    /** The factors that are on. */
    factors?: {
      /** Kept, but has no effect. */
      duo?: boolean;
      /** Codes by e-mail, to verified addresses. */
      email?: boolean;
      /** One-time passwords of an authenticator app. */
      otp?: boolean;
      /** Notifications of an app on a phone. */
      "push-notification"?: boolean;
      /** A code that the user writes down. It replaces a lost factor once. */
      "recovery-code"?: boolean;
      /** Codes by phone, as phone.message_types says. */
      sms?: boolean;
      /** Kept, but has no effect. */
      "webauthn-platform"?: boolean;
      /** Kept, but has no effect. */
      "webauthn-roaming"?: boolean;
    };
    /** How the factor sms sends its codes. */
    phone?: {
      /** How codes are sent: by text message (sms), by phone call (voice), or both. Default: sms. */
      message_types?: Array<"sms" | "voice">;
      /** Kept, but has no effect. */
      provider?: "auth0" | "phone-message-hook" | "twilio";
      /** The texts of the messages. The Management API returns them, and they have no effect yet. */
      templates?: {
        /** The text for a user who enrolls a phone. */
        enrollment_message?: string;
        /** The text for a user who signs in. */
        verification_message?: string;
      };
    };
    /** all-applications: every login needs a second factor. confidence-score (adaptive MFA) has no effect, as the mock trusts every login. Whatever the policy, mfa_required of a user, acr_values and the scenario mfa-required ask for a second factor. Default: none. */
    policies?: Array<"all-applications" | "confidence-score">;
    /** The settings of twilio, sns, apns, fcm, fcmv1 and duo. The Management API returns them, those of sns, apns, fcm and fcmv1 without their secrets, and they have no effect. */
    providers?: Record<string, Record<string, unknown>>;
    /** The provider of notifications. */
    push_notification?: {
      /** Kept, but has no effect. */
      provider?: "direct" | "guardian" | "sns";
    };
  };
  /** The signing keys. */
  keys?: {
    /** Files with your own RSA keys instead, relative to this file: PEM (with the certificate, if you have one) or JWK. The first key signs. Each rotation goes on to the next. */
    files?: string[];
    /** Which of the built-in test keys sign. fast: keys of 33 small primes, with a signature in microseconds. rsa: usual keys of two primes, with a signature in about a millisecond. Default: fast. */
    mode?: "fast" | "rsa";
  };
  /** Rate limits. */
  limits?: {
    /** Refuse a request over Auth0's rate limits with 429. */
    enforce?: boolean;
  };
  /** Webhooks that get the entries of the tenant's log. */
  log_streams?: Array<{
    /** Which entries are sent. Default: all. */
    filters?: Array<{
      /** The category. */
      name: "actions" | "auth.login.fail" | "auth.login.notification" | "auth.login.success" | "auth.logout.fail" | "auth.logout.success" | "auth.signup.fail" | "auth.signup.success" | "auth.silent_auth.fail" | "auth.silent_auth.success" | "auth.token_exchange.fail" | "auth.token_exchange.success" | "management.fail" | "management.success" | "other" | "scim.event" | "system.notification" | "user.fail" | "user.notification" | "user.success";
      /** category. */
      type?: "category";
    }>;
    /** lst_ and 16 digits. Default: derived from the name. */
    id?: string;
    /** Kept, but has no effect. With it and without filters, the API shows the filter security, as Auth0 does. */
    isPriority?: boolean;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The name, which only one stream has. */
    name: string;
    /** Kept, but has no effect: the entries are sent as they are. */
    pii_config?: Record<string, unknown>;
    /** The receiver. */
    sink?: {
      /** The header Authorization, as it stands. */
      httpAuthorization?: string;
      /** JSONLINES: an entry in each line. JSONARRAY: a list. JSONOBJECT: an object whose member logs is the list. Default: JSONLINES. */
      httpContentFormat?: "JSONARRAY" | "JSONLINES" | "JSONOBJECT";
      /** The header Content-Type. Default: application/json. */
      httpContentType?: string;
      /** Further headers. */
      httpCustomHeaders?: Array<{
        /** The name. */
        header: string;
        /** The value. */
        value?: string;
      }>;
      /** The URL of the webhook. The mock calls it only on loopback, or on a host that --allow-outbound names. */
      httpEndpoint?: string;
      /** The fields of other kinds of receivers. The API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
    };
    /** Only an active stream sends. What happens while it is paused is not sent later. Default: active. */
    status?: "active" | "paused" | "suspended";
    /** The kind of receiver. The mock sends to http alone. Default: http. */
    type?: "datadog" | "eventbridge" | "eventgrid" | "http" | "mixpanel" | "segment" | "splunk" | "sumo";
  }>;
  /** Organizations: business customers of the tenant, with members who sign in through them. */
  organizations?: Array<{
    /** The look of the login pages. */
    branding?: {
      /** The colors. */
      colors?: {
        /** The color behind the form, as in #ffffff. */
        page_background?: string;
        /** The color of buttons and links, as in #0059d6. */
        primary?: string;
      };
      /** The URL of the logo. */
      logo_url?: string;
    };
    /** The client grants that may be used for the organization. */
    client_grants?: Array<{
      /** The API of the grant. Default: that of the client's first grant. */
      audience?: string;
      /** The client of the grant. */
      client_id: string;
    }>;
    /** The clients that belong to the organization. */
    clients?: Array<{
      /** The client. */
      client_id: string;
      /** Kept and returned. */
      use_for_member_access?: boolean;
    }>;
    /** The domains of the members' e-mail addresses. */
    discovery_domains?: Array<{
      /** The domain, as in acme.com. */
      domain: string;
      /** ord_ and 22 characters. Default: derived from the organization and the domain. */
      id?: string;
      /** Only a verified domain counts. Default: pending. */
      status?: "pending" | "verified";
      /** false: the login page does not use the domain. Default: true. */
      use_for_organization_discovery?: boolean;
    }>;
    /** The name on pages and in messages. Default: the name. */
    display_name?: string;
    /** The connections by which members sign in. */
    enabled_connections?: Array<{
      /** Users who sign in with the connection become members. */
      assign_membership_on_login?: boolean;
      /** The name of the connection. */
      connection: string;
      /** false: members cannot sign in with the connection. Default: true. */
      is_enabled?: boolean;
      /** Users can sign up to the organization. This is for databases with assign_membership_on_login. Default: false. */
      is_signup_enabled?: boolean;
      /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** The login page shows the connection. Default: true. */
      show_as_button?: boolean;
    }>;
    /** org_ and 16 characters. Default: derived from the name. */
    id?: string;
    /** The invitations that nobody has accepted yet. */
    invitations?: Array<{
      /** The app_metadata of a user who signs up. */
      app_metadata?: Record<string, unknown>;
      /** The client to which the URL of the invitation leads. It needs initiate_login_uri. */
      client_id: string;
      /** The name of the connection by which the invited user must sign in. */
      connection?: string;
      /** When the invitation was made. Default: the time at which the tenant starts. */
      created_at?: string;
      /** When the invitation ends. Default: ttl_sec after created_at. */
      expires_at?: string;
      /** uinv_ and 16 characters. Default: derived from the organization and the address. */
      id?: string;
      /** Who is invited. */
      invitee: {
        /** The e-mail address. */
        email: string;
      };
      /** Who invites. */
      inviter?: {
        /** The name in the e-mail. Default: the tenant's friendly_name. */
        name?: string;
      };
      /** The roles that the user gets in the organization, by name or id. */
      roles?: string[];
      /** The invitation in the URL, of 32 letters and digits. Default: derived from the id. */
      ticket_id?: string;
      /** How long the invitation is good, in seconds. 0 is the default: 604800. */
      ttl_sec?: number;
      /** The user_metadata of a user who signs up. */
      user_metadata?: Record<string, unknown>;
    }>;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The users who are members. */
    members?: Array<{
      /** false: the user has roles in the organization, but is no member yet. Default: true. */
      joined?: boolean;
      /** The roles in the organization, by name or id. */
      roles?: string[];
      /** The user's user_id, e-mail address, phone number or username. */
      user: string;
    }>;
    /** Kept and returned. */
    metadata?: Record<string, string>;
    /** The name, of 1 to 50 lower-case letters, digits, hyphens and underscores. */
    name: string;
  }>;
  /** How the mock makes one-time passwords. */
  otp?: {
    /** The code of mode fixed, in quotes. */
    code?: number | string;
    /** The codes of mode sequence, in quotes. Each recipient gets them in this order, and then from the first again. */
    codes?: Array<number | string>;
    /** hmac computes each code from the seed, the connection, the recipient and a counter. fixed, sequence and random: see code and codes. Default: hmac, or random with keys.files. */
    mode?: "fixed" | "hmac" | "random" | "sequence";
    /** Codes by recipient, which replace those of mode. A recipient is an address, a number, or a pattern with *, which stands for any text. */
    presets?: Record<string, number | string>;
    /** The seed of all codes, ids, sessions and opaque tokens. Default: mockauth0, or with keys.files a secret seed that the mock draws. There, mockauth0 counts as no seed, since everybody knows it. */
    seed?: string;
  };
  /** The login pages. */
  prompts?: {
    /** Texts of the pages, by language, prompt, screen and key, with Auth0's keys. A text may have variables, such as ${clientName}. A language that has texts is used if ui_locales of the app or the browser asks for it. */
    custom_text?: Record<string, Record<string, Record<string, unknown>>>;
    /** The login page asks for the address first, and for a password on a page of its own. false: for databases, one page asks for both. Default: true. */
    identifier_first?: boolean;
    /** Other settings of Auth0. The Management API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** HTML that pages have beside their own, by prompt, screen and place. The Management API returns it, and it has no effect yet. */
    partials?: Record<string, Record<string, unknown>>;
    /** How screens are rendered (Advanced Customizations). Each has a prompt and a screen. The Management API returns them, and they have no effect. */
    rendering?: Array<Record<string, unknown>>;
    /** classic is kept, but has no effect. Default: new. */
    universal_login_experience?: "classic" | "new";
  };
  /** APIs. The identifier is the audience. */
  resource_servers?: Array<{
    /** A client may ask for offline_access with this audience. */
    allow_offline_access?: boolean;
    /** RBAC: a user gets only those scopes that are among the user's permissions. */
    enforce_policies?: boolean;
    /** The audience. */
    identifier: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The API's name. Default: the identifier. */
    name?: string;
    /** Access tokens that are bound to a key of the client (DPoP). */
    proof_of_possession?: {
      /** dpop: a token request with a DPoP proof gets a token that is bound to the key of the proof. A request without a proof gets a Bearer token. none: all requests get Bearer tokens. mtls is kept, but has no effect. Default: none. */
      mechanism?: "dpop" | "mtls" | "none";
      /** With mechanism dpop, a token request without a DPoP proof is refused. */
      required?: boolean;
      /** The clients to which required applies. Default: all_clients. */
      required_for?: "all_clients" | "public_clients";
    };
    /** The scopes of the API. Each is a string, or a map with value and description. */
    scopes?: Array<string | {
      /** A note for readers. */
      description?: string;
      /** The scope. */
      value: string;
    }>;
    /** The algorithm of the access token. HS256 signs with signing_secret. Its tokens are for the API alone, so /userinfo refuses them. Default: RS256. */
    signing_alg?: "HS256" | "RS256";
    /** The secret that signs by HS256, of 16 characters or more. */
    signing_secret?: string;
    /** The profile of access tokens. The two of rfc9068 are those of RFC 9068: typ at+jwt, and the claims jti and client_id in place of azp and gty. The two of authz add the permissions claim. Default: access_token_authz with enforce_policies, else access_token. */
    token_dialect?: "access_token" | "access_token_authz" | "rfc9068_profile" | "rfc9068_profile_authz";
    /** Lifetime of an access token, in seconds. Default: 86400. */
    token_lifetime?: number;
    /** Lifetime of an access token that /authorize returns, in seconds. Default: 7200. */
    token_lifetime_for_web?: number;
  }>;
  /** Roles of users, which give permissions. */
  roles?: Array<{
    /** A note for readers. */
    description?: string;
    /** rol_ and 16 characters. Default: derived from the name. */
    id?: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The name. */
    name: string;
    /** The permissions of each user who has the role. */
    permissions?: Array<{
      /** A scope of the API. */
      permission_name: string;
      /** The identifier of the API. */
      resource_server_identifier: string;
    }>;
  }>;
  /** Scenarios that are on from the start, in this order. Each is the name of a built-in scenario, or a file, relative to this file. */
  scenarios?: string[];
  /** The part of an export that is not in a fixture: refresh tokens and counters. Do not write it by hand. */
  state?: {
    /** The sections that the Management API has changed, each with a digest of what it was in the fixture. */
    changed?: Record<string, string>;
    /** How many values have been computed for each name. */
    counters?: Record<string, number>;
    /** The devices that wait for a user, or have not fetched their tokens yet. */
    device_codes?: Array<{
      /** The audience that the device asks for. */
      audience?: string;
      /** The client. */
      client_id: string;
      /** The code with which the device asks for its tokens. */
      device_code: string;
      /** When the codes end. */
      expires_at?: string;
      /** The scope that the device asks for. */
      scope?: string;
      /** The claim sid: the session of the browser in which the user approved. */
      sid?: string;
      /** What the user has answered, or that the codes have expired. */
      state: "approved" | "denied" | "expired" | "pending";
      /** The code that the device shows. */
      user_code: string;
      /** The user who approved. */
      user_id?: string;
    }>;
    /** The jobs of the last 24 hours. */
    jobs?: Array<{
      /** The connection whose users it imports or exports. */
      connection_id?: string;
      /** When it was given. */
      created_at?: string;
      /** The users whom an import has refused, with the reasons. */
      errors?: Array<Record<string, unknown>>;
      /** The client's own id of it. */
      external_id?: string;
      /** What an export has of each user. */
      fields?: Array<{
        /** Its name in the file. */
        export_as?: string;
        /** The field of the user. */
        name: string;
      }>;
      /** The format of an export. */
      format?: "csv" | "json";
      /** The id. */
      id: string;
      /** How many users an export has at most. */
      limit?: number;
      /** Why it failed. Default: it did not. */
      status_details?: string;
      /** What an import has done. */
      summary?: {
        /** How many were refused. */
        failed?: number;
        /** How many are new. */
        inserted?: number;
        /** How many there are in the file. */
        total?: number;
        /** How many were there already and were changed. */
        updated?: number;
      };
      /** What it does. */
      type: "users_export" | "users_import" | "verification_email";
    }>;
    /** Which key signs. Default: the first one. */
    keys?: {
      /** Only the key that signs is in the key set. */
      alone?: boolean;
      /** When the previous key was revoked. Default: never. */
      revoked_at?: string;
      /** When the last one was. */
      rotated_at?: string;
      /** How many rotations there were. */
      rotations?: number;
    };
    /** Refresh token families. */
    refresh_tokens?: Array<{
      /** The audience. */
      audience?: string;
      /** The claim auth_time of the login. */
      auth_time?: string;
      /** The client. */
      client_id: string;
      /** When the user signed in. */
      created_at?: string;
      /** With what the user signed in, and what used a token last. */
      device?: {
        /** The address of the login. */
        initial_ip?: string;
        /** The User-Agent of the login. */
        initial_user_agent?: string;
        /** The address of the last use. */
        last_ip?: string;
        /** The User-Agent of the last use. */
        last_user_agent?: string;
      };
      /** When the tokens end, whether they are used or not. Default: never. */
      expires_at?: string;
      /** How many times the token was rotated. */
      generation?: number;
      /** The claim gty of the login. */
      gty?: string;
      /** The id of the family, 16 hexadecimal digits. */
      id: string;
      /** The thumbprint of the key to which the token is bound. Each refresh needs a DPoP proof with this key. */
      jkt?: string;
      /** When a token was last used. */
      last_used_at?: string;
      /** The id of the organization through which the user signed in. */
      organization?: string;
      /** Kept and returned by the Management API. */
      refresh_token_metadata?: Record<string, unknown>;
      /** When the valid token was issued. */
      rotated_at?: string;
      /** Whether the valid token was issued while the client's tokens rotated. */
      rotating?: boolean;
      /** The granted scope. */
      scope?: string;
      /** Whether the login asked for a second factor. */
      second_factor?: boolean;
      /** The session of the browser in which the user signed in, if there is one. */
      session_id?: string;
      /** The user. */
      user_id: string;
    }>;
    /** The tenant's time when it was exported. */
    saved_at?: string;
    /** The secret seed that the mock has drawn, with keys.files and without otp.seed. */
    seed?: string;
    /** The links of e-mails that verify an address or change a password. */
    tickets?: Array<{
      /** The client that the pages name. */
      client_id?: string;
      /** The address to which it belongs. */
      email?: string;
      /** When it ends. */
      expires_at?: string;
      /** Whether result_url gets the parameter email. */
      include_email_in_redirect?: boolean;
      /** Whether a change of the password verifies the address, too. */
      mark_email_as_verified?: boolean;
      /** The password that the link sets, without a page that asks for one. */
      new_password?: string;
      /** What it does: verify the address, or change the password. */
      purpose: "reset_email" | "verify_email";
      /** Where the browser goes afterwards. */
      result_url?: string;
      /** The parameter ticket of the link. */
      ticket: string;
      /** Whether it has done its work. */
      used?: boolean;
      /** The user. */
      user_id: string;
    }>;
  };
  /** The tenant itself. */
  tenant?: {
    /** Apps can name an organization by its name, too. Tokens then have org_name beside org_id. */
    allow_organization_name_in_authentication_api?: boolean;
    /** Allowed logout URLs of a logout without client_id, in the form of a client's. A logout with client_id uses the client's own. */
    allowed_logout_urls?: string[];
    /** The audience of a token request without one. */
    default_audience?: string;
    /** The database connection of the grant password. */
    default_directory?: string;
    /** Where an invitation leads if its client has no initiate_login_uri. */
    default_redirection_uri?: string;
    /** The user codes of the device flow. */
    device_flow?: {
      /** The characters of a user code. base20: the letters BCDFGHJKLMNPQRSTVWXZ. Default: base20. */
      charset?: "base20" | "digits";
      /** The form of a user code. Each * stands for a character. Hyphens and spaces may stand between them. It has 8 to 20 *, with digits at least 9. Default: two groups of four *, or with digits three groups of three *, with hyphens between the groups. */
      mask?: string;
    };
    /** The languages of the login pages. The first one that has texts in prompts.custom_text is the default. English always has. Default: en. */
    enabled_locales?: string[];
    /** The same for session_cookie.mode: non-persistent. Default: 72. */
    ephemeral_session_lifetime?: number;
    /** Tenant flags. */
    flags?: {
      /** A magic link works in any browser. Without the flag it works only in the browser in which the login started. */
      allow_magiclink_verify_without_session?: boolean;
      /** A sign-up to a database with an address that exists gets the error user_exists. */
      enable_public_signup_user_exists_error?: boolean;
      /** Other flags of Auth0. The Management API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
    };
    /** The name in messages and on pages. Default: mockauth0. */
    friendly_name?: string;
    /** The client All Applications of the Management API. */
    global_client?: {
      /** The HTML of the classic login page. It has no effect. */
      custom_login_page?: string;
      /** It has no effect. */
      custom_login_page_on?: boolean;
      /** Other fields of Auth0. The Management API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
    };
    /** The login pages have no link to the inbox. */
    hide_inbox_link?: boolean;
    /** The same for session_cookie.mode: non-persistent. Default: 24. */
    idle_ephemeral_session_lifetime?: number;
    /** After how many hours without use it ends. Default: 72. */
    idle_session_lifetime?: number;
    /** Other settings of Auth0. The Management API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** How the login pages say that they are not Auth0's: with a yellow band, or with a small mark in a corner. none takes the mark away on localhost only; at another host name it is corner. Default: band. */
    mock_notice?: "band" | "corner" | "none";
    /** The cookie of a session. */
    session_cookie?: {
      /** persistent: the browser keeps the cookie when it is closed. Default: persistent. */
      mode?: "non-persistent" | "persistent";
    };
    /** For how many hours a session of a browser lasts at most. Default: 168. */
    session_lifetime?: number;
    /** The login pages show the code that they ask for, and a click fills it in. Without it they say where the code is. */
    show_codes?: boolean;
    /** Shown in messages. */
    support_email?: string;
    /** Shown in messages. */
    support_url?: string;
    /** Settings of Universal Login. */
    universal_login?: {
      /** Passwordless logins. */
      passwordless?: {
        /** The same as the flag of that name. */
        allow_magiclink_verify_without_session?: boolean;
      };
    };
  };
  /** Users who exist before the first login. */
  users?: Array<{
    /** Kept and returned. */
    app_metadata?: Record<string, unknown>;
    /** The user may not sign in. */
    blocked?: boolean;
    /** Custom claims (with a namespace) that an Action would add to the user's ID and access tokens. */
    claims?: Record<string, unknown>;
    /** The name of the connection. Default: the first connection of the right strategy. That is the strategy of user_id; else auth0 for a user with a password or a username, email for a user with an email, sms for a user with a phone_number. */
    connection?: string;
    /** When the user was created. Default: the time at which the tenant starts. */
    created_at?: string;
    /** A hash of the password by another algorithm, as in an import of users. */
    custom_password_hash?: {
      /** How the hash was made. With md4 no password is right: the mock does not compute it. */
      algorithm: "argon2" | "bcrypt" | "hmac" | "ldap" | "md4" | "md5" | "pbkdf2" | "scrypt" | "sha1" | "sha256" | "sha512";
      /** For scrypt. Default: 8. */
      blockSize?: number;
      /** For scrypt. Default: 16384. */
      cost?: number;
      /** The hash itself. */
      hash?: {
        /** For hmac. With md4, ripemd160 and whirlpool no password is right: the mock does not compute them. */
        digest?: "md4" | "md5" | "ripemd160" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "whirlpool";
        /** How value is encoded. Default: utf8. */
        encoding?: "base64" | "hex" | "utf8";
        /** For hmac. */
        key?: {
          /** How value is encoded. Default: utf8. */
          encoding?: "base64" | "hex" | "utf8";
          /** The key. */
          value?: string;
        };
        /** The hash: for argon2 and pbkdf2 in PHC form, for ldap as in RFC 2307. */
        value?: string;
      };
      /** For scrypt: the length of the key in bytes. */
      keylen?: number;
      /** For scrypt. Default: 1. */
      parallelization?: number;
      /** How the password was encoded before. */
      password?: {
        /** The encoding. Default: utf8. */
        encoding?: "ascii" | "binary" | "latin1" | "ucs2" | "utf16le" | "utf8";
      };
      /** The salt of bcrypt, hmac, md5, sha1, sha256, sha512 and scrypt. The other algorithms have it in the hash. */
      salt?: {
        /** How value is encoded. Default: utf8. */
        encoding?: "base64" | "hex" | "utf8";
        /** Whether the salt is before the password or behind it. Default: prefix. */
        position?: "prefix" | "suffix";
        /** The salt. */
        value?: string;
      };
    };
    /** Public keys of devices. They have no effect: the Management API lists them. */
    device_credentials?: Array<{
      /** The client that the key is for. */
      client_id?: string;
      /** The id of the device. */
      device_id?: string;
      /** How the user calls the device. */
      device_name?: string;
      /** The id of the credential. */
      id: string;
      /** The key, in base64. Nobody reads it. */
      value?: string;
    }>;
    /** The e-mail address. */
    email?: string;
    /** Whether the address is verified. */
    email_verified?: boolean;
    /** The family name. */
    family_name?: string;
    /** The given name. */
    given_name?: string;
    /** Accounts that were linked to the user, who can sign in with them, too. */
    identities?: Array<{
      /** The name of the account's connection. */
      connection: string;
      /** A hash of it by another algorithm. */
      custom_password_hash?: {
        /** How the hash was made. With md4 no password is right: the mock does not compute it. */
        algorithm: "argon2" | "bcrypt" | "hmac" | "ldap" | "md4" | "md5" | "pbkdf2" | "scrypt" | "sha1" | "sha256" | "sha512";
        /** For scrypt. Default: 8. */
        blockSize?: number;
        /** For scrypt. Default: 16384. */
        cost?: number;
        /** The hash itself. */
        hash?: {
          /** For hmac. With md4, ripemd160 and whirlpool no password is right: the mock does not compute them. */
          digest?: "md4" | "md5" | "ripemd160" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "whirlpool";
          /** How value is encoded. Default: utf8. */
          encoding?: "base64" | "hex" | "utf8";
          /** For hmac. */
          key?: {
            /** How value is encoded. Default: utf8. */
            encoding?: "base64" | "hex" | "utf8";
            /** The key. */
            value?: string;
          };
          /** The hash: for argon2 and pbkdf2 in PHC form, for ldap as in RFC 2307. */
          value?: string;
        };
        /** For scrypt: the length of the key in bytes. */
        keylen?: number;
        /** For scrypt. Default: 1. */
        parallelization?: number;
        /** How the password was encoded before. */
        password?: {
          /** The encoding. Default: utf8. */
          encoding?: "ascii" | "binary" | "latin1" | "ucs2" | "utf16le" | "utf8";
        };
        /** The salt of bcrypt, hmac, md5, sha1, sha256, sha512 and scrypt. The other algorithms have it in the hash. */
        salt?: {
          /** How value is encoded. Default: utf8. */
          encoding?: "base64" | "hex" | "utf8";
          /** Whether the salt is before the password or behind it. Default: prefix. */
          position?: "prefix" | "suffix";
          /** The salt. */
          value?: string;
        };
      };
      /** Kept; true has no effect. */
      isSocial?: boolean;
      /** The password of an account of a database. */
      password?: string;
      /** The bcrypt hash of that password, instead of it. */
      password_hash?: string;
      /** What the account says of the user, and the names with which the user signs in to it. */
      profileData?: {
        /** The e-mail address. */
        email?: string;
        /** Whether the address is verified. */
        email_verified?: boolean;
        /** The family name. */
        family_name?: string;
        /** The given name. */
        given_name?: string;
        /** The name. */
        name?: string;
        /** The nickname. */
        nickname?: string;
        /** The phone number in E.164 form, in quotes. */
        phone_number?: string;
        /** Whether the number is verified. */
        phone_verified?: boolean;
        /** The URL of a picture. */
        picture?: string;
        /** The username of an account of a database. */
        username?: string;
      };
      /** The strategy of the connection. Default: computed. */
      provider?: string;
      /** The id of the account, without the strategy. */
      user_id: string;
    }>;
    /** When the user last signed in. */
    last_login?: string;
    /** When the password was last changed. */
    last_password_reset?: string;
    /** How often the user has signed in. */
    logins_count?: number;
    /** The user's second factors. */
    mfa?: Array<{
      /** false: the user has not confirmed the enrolment. Default: true. */
      active?: boolean;
      /** For recovery-code: 24 capital letters and digits. Default: computed from the user. */
      code?: string;
      /** When the user began to enroll it. Default: when the user was created. */
      created_at?: string;
      /** For email: the address. Default: the user's. A verified address of the user needs no entry. */
      email?: string;
      /** dev_ and 16 letters or digits. Default: computed from the user and the factor. */
      id?: string;
      /** When the user last gave it. */
      last_auth_at?: string;
      /** What the Management API calls it. */
      name?: string;
      /** For phone: the number in E.164 form, in quotes. */
      phone_number?: string;
      /** For phone: the channel that comes first. Default: that of guardian.phone.message_types. */
      preferred_authentication_method?: "sms" | "voice";
      /** For otp and push-notification: the secret of the authenticator app, in base32. Default: computed from the user. */
      secret?: string;
      /** The factor. */
      type: "email" | "otp" | "phone" | "push-notification" | "recovery-code";
    }>;
    /** Every login of the user needs a second factor, whatever guardian.policies says. */
    mfa_required?: boolean;
    /** The name. Default: the address, the username or the number. */
    name?: string;
    /** The nickname. Default: the address up to the @, the username or the number. */
    nickname?: string;
    /** The password of a database user. */
    password?: string;
    /** The bcrypt hash of the password of a database user, instead of password. When the user signs in the mock learns the password, and keeps that. */
    password_hash?: string;
    /** RBAC permissions by audience, beside those of the roles. */
    permissions?: Record<string, string[]>;
    /** The phone number in E.164 form, in quotes: "+12025550101". */
    phone_number?: string;
    /** Whether the number is verified. */
    phone_verified?: boolean;
    /** The URL of a picture. Default: that of gravatar.com for an e-mail address, Auth0's picture of letters for a phone number. */
    picture?: string;
    /** The roles, by name or id. Roles in an organization are in its members. */
    roles?: string[];
    /** A client of the Management API has set blocked to false. The API shows it then, as Auth0 does. */
    unblocked?: boolean;
    /** When the user was last changed. Default: created_at. */
    updated_at?: string;
    /** strategy|id, as in email|5f7c8ec7c33c6c004bbafe82. Default: computed from the seed, the connection and the address. */
    user_id?: string;
    /** Kept and returned. */
    user_metadata?: Record<string, unknown>;
    /** The username of a database user, in lower case. */
    username?: string;
  }>;
  /** The version of this format: 1. */
  version: 1;
};

export type Health = {
  clock: ClockState;
  dropped_messages: number;
  dropped_readers: number;
  dropped_requests: number;
  fixture: string;
  fixture_error?: string;
  holds: Counts;
  messages: number;
  requests: number;
  scenario_error?: string;
  signatures: number;
  status: string;
  streams?: Counts[];
  version?: string;
  warnings?: string[];
};

export type Hit = {
  at: string;
  effect: string;
  key?: string;
  request_id: string;
};

export type Log = {
  description: string;
  log_id: string;
  type: string;
};

export type Message = {
  attachments?: Attachment[];
  client_id: string;
  code: string;
  codes: string[];
  connection: string;
  created_at: string;
  deliver_at?: string;
  delivered_at: null | string;
  expires_at?: string;
  from: string;
  html: string;
  id: string;
  kind: string;
  language: string;
  link: string;
  links: string[];
  note?: string;
  otp_state: string;
  purpose: string;
  recipients: string[];
  relay?: Relay;
  scenario: string;
  send: string;
  seq: null | number;
  state: string;
  subject: string;
  text: string;
  to: string;
};

export type Minted = {
  token: string;
};

export type Minting = {
  /** The claims. iss, iat and exp are filled in if absent. */
  claims?: Record<string, unknown>;
  /** current (default) signs, or the secret of an API or client with HS256 that is the aud; rogue gives a signature that neither verifies. */
  key?: "current" | "rogue";
  /** Instead of claims: the scopes of an access token for the Management API. */
  management?: string[];
};

export type NoMessageError = {
  delivered: number;
  dropped: number;
  hint?: string;
  lost: Summary[];
  now: string;
  queued: Summary[];
  running: boolean;
  seen: Summary[];
  wanted: string;
};

export type Page = {
  cursor: string;
  dropped: number;
  items: Message[];
  missed?: number;
};

export type Problem = {
  column: number;
  line: number;
  message: string;
  path: string;
};

export type PushAnswer = {
  /** What the user does. */
  answer: "accept" | "reject";
  /** The user_id, e-mail address or phone number. */
  user: string;
};

export type Reached = {
  domain: string;
  issuer: string;
  name: string;
  port?: number;
  tls_url?: string;
  url: string;
};

export type Refused = {
  error: string;
  error_description?: string;
  errors?: Problem[];
  outbox?: NoMessageError;
  unmet?: Failure[];
};

export type Relay = {
  error?: string;
  state: string;
};

export type Request = {
  at: string;
  client_id?: string;
  duration_ms: number;
  error?: string;
  error_description?: string;
  hint?: string;
  id: string;
  logs?: Log[];
  method: string;
  organization?: string;
  params: Record<string, unknown>;
  path: string;
  scenario?: string;
  sdk?: SDK;
  status: number;
  user_agent?: string;
};

export type RequestList = {
  dropped: number;
  items: Request[];
};

export type Rotation = {
  kid: string;
};

export type RuleStatus = {
  fired: number;
  forgotten?: number;
  id: string;
  last: Hit[];
  matched: number;
  near_misses: string[];
  shadowed: number;
  skipped: Record<string, number>;
};

export type SDK = {
  env?: Record<string, unknown>;
  name: string;
  version?: string;
};

export type ScenarioList = {
  available: string[];
  descriptions?: Record<string, string>;
  items: Status[];
};

export type ScenarioRequest = {
  /** What happens, in one sentence. */
  description?: string;
  /** The name that switches it on: letters, digits, - and _. */
  name: string;
  /** The rules, in the order in which the mock tries them. After a rule with respond or fault it tries no other rule. If two rules set the same effect, the first one wins. */
  rules: Array<{
    /** How often the rule should act in a test run. POST /_mock/scenarios/verify, testkit and --fail-on-unfired check it. */
    expect?: {
      /** A number, or a lower limit such as ">=1". */
      fired?: number | string;
    };
    /** The rule's name within the scenario: letters, digits, - and _. */
    id: string;
    /** What happens. */
    then: {
      /** Wait before the response, in real time: a duration; {min, max}, evenly distributed; or {median, p99}, log-normally distributed. The delays of several rules add up. */
      delay?: number | string | {
        /** The longest delay, in an even distribution. */
        max?: number | string;
        /** Half of the delays are shorter, in a log-normal distribution. */
        median?: number | string;
        /** The shortest delay, in an even distribution. */
        min?: number | string;
        /** 99 of 100 delays are shorter. */
        p99?: number | string;
      };
      /** What happens to the message. */
      deliver?: {
        /** How many times the message arrives. */
        copies?: number;
        /** code: the code in the message is wrong; link: the link in the message is cut off. */
        corrupt?: "code" | "link";
        /** How much later the message arrives, by the tenant's clock. */
        delay?: number | string;
        /** The message never arrives. lost: nobody is told; bounced: it goes back to the sender. */
        outcome?: "bounced" | "lost";
        /** next: the message arrives after the next message to the recipient. */
        swap?: "next";
      };
      /** stale_nonce: a DPoP proof is refused, and the response has the nonce that the next one needs. */
      dpop?: "stale_nonce";
      /** Break the connection. reset: TCP reset; empty: close it without a response; hang: send nothing until the client gives up; garbage: send bytes that are not HTTP. With these four the request is not handled. truncate: send half of the response; dribble: send the response in small pieces, for two seconds. */
      fault?: "dribble" | "empty" | "garbage" | "hang" | "reset" | "truncate";
      /** Headers of the response. An empty value removes the header. */
      headers?: Record<string, string>;
      /** rotate: from now on a new key signs, and the key set has no other key; empty: the key set has no keys; stale: the key set lacks the key that signs. */
      keys?: "empty" | "rotate" | "stale";
      /** What happens to a code that is redeemed. expired, locked, wrong: it is refused for that reason; accept_any: every code is right; {code: "111111"}: this code is right, instead of the one that was sent. The outbox shows the code that was sent. */
      otp?: "accept_any" | "expired" | "locked" | "wrong" | {
        /** The code that is right, instead of the one that was sent. Write it in quotes. */
        code: number | string;
      };
      /** A JSON merge patch (RFC 7386) for the response. null removes a member. */
      patch?: Record<string, unknown>;
      /** Send this response. The request is not handled. */
      respond?: {
        /** The body, as text. */
        body?: string;
        /** Headers of the response. An empty value removes the header. */
        headers?: Record<string, string>;
        /** The body, as JSON. */
        json?: unknown;
        /** One of Auth0's responses, by its name. */
        preset?: "already_verified" | "bad_access_token" | "bad_auth_param" | "bad_auth_params" | "bad_body" | "bad_challenge_method" | "bad_credentials_body" | "bad_email" | "bad_federated" | "bad_gateway_html" | "bad_logout_hint" | "bad_otp_parameter" | "bad_parameter_type" | "bad_phone_number" | "bad_property" | "bad_scope_type" | "bad_send" | "bad_type" | "bad_user_code" | "bad_username" | "bad_verify_scope" | "blocked_user" | "body_too_large" | "bound_access_token" | "callback_mismatch" | "code_expired" | "connection_disabled" | "cross_origin_not_allowed" | "database_signup_disabled" | "device_denied" | "device_expired" | "device_pending" | "device_too_fast" | "dpop_proof_required" | "grant_not_allowed" | "invalid_captcha" | "invalid_redirect_uri" | "invalid_signup" | "invitation_for_another" | "invitation_gone" | "link_elsewhere" | "login_required" | "logout_mismatch" | "management_bad_search" | "management_credential_in_use" | "management_existent_client_grant" | "management_existent_connection" | "management_existent_custom_domain" | "management_existent_discovery_domain" | "management_existent_email_provider" | "management_existent_email_template" | "management_existent_log_stream" | "management_existent_organization" | "management_existent_organization_client" | "management_existent_organization_connection" | "management_existent_organization_grant" | "management_existent_resource_server" | "management_existent_role" | "management_existent_theme" | "management_existent_user" | "management_expired_token" | "management_identity_conflict" | "management_import_too_large" | "management_incomplete_page_template" | "management_inexistent_authentication_method" | "management_inexistent_client" | "management_inexistent_client_grant" | "management_inexistent_connection" | "management_inexistent_credential" | "management_inexistent_custom_domain" | "management_inexistent_delivery" | "management_inexistent_discovery_domain" | "management_inexistent_email_provider" | "management_inexistent_email_template" | "management_inexistent_enrollment" | "management_inexistent_event_stream" | "management_inexistent_invitation" | "management_inexistent_inviting_organization" | "management_inexistent_job" | "management_inexistent_log" | "management_inexistent_log_stream" | "management_inexistent_organization" | "management_inexistent_organization_client" | "management_inexistent_organization_connection" | "management_inexistent_page_template" | "management_inexistent_permission" | "management_inexistent_refresh_token" | "management_inexistent_resource_server" | "management_inexistent_role" | "management_inexistent_session" | "management_inexistent_signing_key" | "management_inexistent_theme" | "management_inexistent_user" | "management_insufficient_scope" | "management_invalid_body" | "management_invalid_grant_types" | "management_invalid_paging" | "management_invalid_path" | "management_invalid_query" | "management_invitation_client" | "management_invitation_client_usage" | "management_invitation_connection" | "management_invitation_login_route" | "management_invitation_passwordless" | "management_invitation_roles" | "management_key_in_use" | "management_link_with" | "management_link_with_audience" | "management_malformed_payload" | "management_malformed_token" | "management_no_connection_status" | "management_no_custom_domain" | "management_no_email_address" | "management_no_password" | "management_no_secondary" | "management_no_token" | "management_not_both" | "management_not_multipart" | "management_not_together" | "management_other_subject" | "management_rate_limited" | "management_same_identity" | "management_search_engine" | "management_signup_needs_membership" | "management_system_resource" | "management_ticket_client" | "management_ticket_identity" | "management_ticket_member" | "management_ticket_organization" | "management_unknown_scopes" | "management_user_connection" | "management_user_connection_disabled" | "management_username_not_allowed" | "management_wrong_audience" | "management_wrong_signature" | "method_not_allowed" | "mfa_already_enrolled" | "mfa_authenticator_gone" | "mfa_authorization_pending" | "mfa_bad_email" | "mfa_bad_phone" | "mfa_factor_off" | "mfa_insufficient_scope" | "mfa_not_enrolled" | "mfa_primary_email" | "mfa_rejected" | "mfa_required" | "mfa_slow_down" | "mfa_token_expired" | "mfa_token_invalid" | "mfa_token_malformed" | "mfa_token_of_another" | "mfa_too_many_emails" | "mfa_too_many_failures" | "mfa_too_many_messages" | "mfa_unsupported_challenge" | "missing_client_id" | "missing_connection" | "missing_email" | "missing_otp_parameter" | "missing_otp_recipient" | "missing_parameter" | "missing_password" | "missing_phone_number" | "missing_redirect_uri" | "missing_username" | "missing_verify_parameter" | "no_access_token" | "no_audience" | "no_client_grant" | "no_default_connection" | "no_identifier" | "no_organization" | "no_recovery_code" | "no_second_factor" | "no_such_authenticator" | "no_such_connection" | "no_such_login_connection" | "no_such_service" | "no_user_code" | "not_organization_member" | "not_passwordless" | "not_served" | "oob_code_expired" | "oob_code_malformed" | "oob_code_of_another" | "organization_connection_disabled" | "organization_full" | "organization_no_id" | "organization_not_allowed" | "organization_not_granted" | "organization_required" | "organization_unknown" | "origin_not_allowed" | "otp_user_blocked" | "rate_limited" | "rate_limited_oauth" | "rate_limited_text" | "realm_disabled" | "refresh_user_blocked" | "refresh_user_gone" | "request_not_supported" | "required_username" | "requires_verification" | "reset_ticket_expired" | "reset_ticket_used" | "revoke_of_another" | "scopes_not_granted" | "server_error" | "service_not_enabled" | "signup_disabled" | "sms_provider_error" | "sms_provider_timeout" | "sms_provider_unauthorized" | "start_authentication_required" | "third_party_client" | "too_many_attempts" | "too_many_tries" | "unavailable" | "unknown_authorize_client" | "unknown_credential_type" | "unknown_device_client" | "unknown_realm" | "unknown_start_client" | "unsupported_grant" | "unsupported_response_mode" | "unsupported_response_type" | "use_dpop_nonce" | "user_blocked" | "user_exists" | "username_exists" | "wrong_access_dpop_key" | "wrong_access_dpop_proof" | "wrong_audience" | "wrong_auth_code" | "wrong_binding_code" | "wrong_client" | "wrong_device_code" | "wrong_dpop_key" | "wrong_dpop_proof" | "wrong_email_code" | "wrong_otp_client" | "wrong_otp_code" | "wrong_otp_connection" | "wrong_otp_session" | "wrong_password" | "wrong_phone_code" | "wrong_redirect_uri" | "wrong_refresh_dpop_key" | "wrong_refresh_token" | "wrong_request_uri" | "wrong_reset_ticket" | "wrong_revoke_client" | "wrong_start_secret" | "wrong_strategy" | "wrong_ticket" | "wrong_transaction" | "wrong_user_code" | "wrong_verification_ticket" | "wrong_verifier";
        /** The HTTP status. Default: that of the preset, else 200. */
        status?: number;
        /** Values for the placeholders of the preset. */
        vars?: Record<string, string>;
      };
      /** disabled: new users may not sign up. */
      signup?: "disabled";
      /** How the tokens are wrong. */
      token?: {
        /** none: the token has no signature. */
        alg?: "none";
        /** One audience, or several. */
        aud?: string | string[];
        /** Claims to set. null removes a claim. */
        claims?: Record<string, unknown>;
        /** Members to leave out of the response. */
        drop?: Array<"access_token" | "expires_in" | "id_token" | "refresh_token" | "scope" | "token_type">;
        /** When the tokens expire. A duration counts from the time of the response, and may be negative. */
        exp?: number | string;
        /** The issuer. */
        iss?: string;
        /** unknown: the key that signs is not in the key set. */
        kid?: "unknown";
        /** The response has texts that are not tokens. */
        malformed?: boolean;
        /** bad: no published key verifies the signature. */
        signature?: "bad";
        /** How far the clock that issues the tokens is ahead (behind, if negative). It is added to iat, exp and auth_time. */
        skew?: number | string;
      };
      /** blocked: the user is blocked; mfa_required: the user must give a second factor; organization_full: the user cannot become a member, since the organization has as many as it may have. */
      user?: "blocked" | "mfa_required" | "organization_full";
    };
    /** How often the rule may act. With per, this is for each recipient or each client. Default: no limit. */
    times?: number;
    /** On which requests the rule acts. All conditions must hold. A list holds if one of its members does. Default: all requests on which the effects can act. */
    when?: {
      /** The rule acts from this time on. A duration begins when the scenario is switched on, and the tenant's clock measures it. */
      after?: number | string;
      /** Which of the requests on which the rule could act: 1, [1, 3], 2..4, ">=3" or {every: 3}. per says how they are counted. */
      call?: Array<number | string | {
        /** 3 means the third request, the sixth, and so on. */
        every: number;
      }> | number | string | {
        /** 3 means the third request, the sixth, and so on. */
        every: number;
      };
      /** The client's id or name, as a glob or /RE2/. */
      client?: string | string[];
      /** The connection's name, as a glob or /RE2/. */
      connection?: string | string[];
      /** The endpoint of the request. Default: every endpoint on which the effects can act. */
      endpoint?: "activate" | "any" | "authorize" | "co.authenticate" | "dbconnections.change_password" | "dbconnections.signup" | "jwks" | "logout" | "management" | "mfa.associate" | "mfa.authenticators" | "mfa.challenge" | "oauth.device_code" | "oauth.par" | "oauth.revoke" | "oauth.token" | "openid-configuration" | "otp.challenge" | "passwordless.start" | "passwordless.verify" | "smtp" | "userinfo" | "verify_redirect" | Array<"activate" | "any" | "authorize" | "co.authenticate" | "dbconnections.change_password" | "dbconnections.signup" | "jwks" | "logout" | "management" | "mfa.associate" | "mfa.authenticators" | "mfa.challenge" | "oauth.device_code" | "oauth.par" | "oauth.revoke" | "oauth.token" | "openid-configuration" | "otp.challenge" | "passwordless.start" | "passwordless.verify" | "smtp" | "userinfo" | "verify_redirect">;
      /** The grant_type of a token request, as a glob or /RE2/. You may leave out http://auth0.com/oauth/grant-type/, as in passwordless/otp. */
      grant?: string | string[];
      /** Request headers by name, as globs or /RE2/. A missing header is empty. */
      header?: Record<string, string | string[]>;
      /** Parameters of the body or the query by name, as globs or /RE2/. authParams.scope is a member of an object. A missing parameter is empty. */
      params?: Record<string, string | string[]>;
      /** How requests are counted. rule: all together; recipient: each recipient's alone; client: each client's alone. Default: rule. */
      per?: "client" | "recipient" | "rule";
      /** On which share of the requests the rule acts, from 0 to 1. The choice derives from the seed, the rule, the recipient or client of per, and the count, so each run makes the same choice. */
      probability?: number;
      /** The user's e-mail address or phone number, as a glob or /RE2/. */
      recipient?: string | string[];
      /** How the code is sent (code, link, link_ios, link_android), as a glob or /RE2/. */
      send?: string | string[];
      /** The rule acts before this time only. A duration begins when the scenario is switched on, and the tenant's clock measures it. */
      until?: number | string;
    };
  }>;
  /** The seed for probability, and for delays that vary. Default: the tenant's seed. */
  seed?: string;
  /** The version of this format: 1. */
  version: 1;
} | {
  name: string;
  times?: number;
  ttl?: number | string;
  when?: {
    /** The rule acts from this time on. A duration begins when the scenario is switched on, and the tenant's clock measures it. */
    after?: number | string;
    /** Which of the requests on which the rule could act: 1, [1, 3], 2..4, ">=3" or {every: 3}. per says how they are counted. */
    call?: Array<number | string | {
      /** 3 means the third request, the sixth, and so on. */
      every: number;
    }> | number | string | {
      /** 3 means the third request, the sixth, and so on. */
      every: number;
    };
    /** The client's id or name, as a glob or /RE2/. */
    client?: string | string[];
    /** The connection's name, as a glob or /RE2/. */
    connection?: string | string[];
    /** The endpoint of the request. Default: every endpoint on which the effects can act. */
    endpoint?: "activate" | "any" | "authorize" | "co.authenticate" | "dbconnections.change_password" | "dbconnections.signup" | "jwks" | "logout" | "management" | "mfa.associate" | "mfa.authenticators" | "mfa.challenge" | "oauth.device_code" | "oauth.par" | "oauth.revoke" | "oauth.token" | "openid-configuration" | "otp.challenge" | "passwordless.start" | "passwordless.verify" | "smtp" | "userinfo" | "verify_redirect" | Array<"activate" | "any" | "authorize" | "co.authenticate" | "dbconnections.change_password" | "dbconnections.signup" | "jwks" | "logout" | "management" | "mfa.associate" | "mfa.authenticators" | "mfa.challenge" | "oauth.device_code" | "oauth.par" | "oauth.revoke" | "oauth.token" | "openid-configuration" | "otp.challenge" | "passwordless.start" | "passwordless.verify" | "smtp" | "userinfo" | "verify_redirect">;
    /** The grant_type of a token request, as a glob or /RE2/. You may leave out http://auth0.com/oauth/grant-type/, as in passwordless/otp. */
    grant?: string | string[];
    /** Request headers by name, as globs or /RE2/. A missing header is empty. */
    header?: Record<string, string | string[]>;
    /** Parameters of the body or the query by name, as globs or /RE2/. authParams.scope is a member of an object. A missing parameter is empty. */
    params?: Record<string, string | string[]>;
    /** How requests are counted. rule: all together; recipient: each recipient's alone; client: each client's alone. Default: rule. */
    per?: "client" | "recipient" | "rule";
    /** On which share of the requests the rule acts, from 0 to 1. The choice derives from the seed, the rule, the recipient or client of per, and the count, so each run makes the same choice. */
    probability?: number;
    /** The user's e-mail address or phone number, as a glob or /RE2/. */
    recipient?: string | string[];
    /** How the code is sent (code, link, link_ios, link_android), as a glob or /RE2/. */
    send?: string | string[];
    /** The rule acts before this time only. A duration begins when the scenario is switched on, and the tenant's clock measures it. */
    until?: number | string;
  };
};

export type Setup = {
  clients?: Array<{
    /** Allowed logout URLs, with * as in callbacks. The query, the fragment, and the case of scheme and host do not count. */
    allowed_logout_urls?: string[];
    /** Origins of web pages that may call the tenant. */
    allowed_origins?: string[];
    /** The kind of application. regular_web and non_interactive are confidential. Default: non_interactive if client_credentials is the only grant, else regular_web if there is a client_secret, else native. */
    app_type?: "native" | "non_interactive" | "regular_web" | "spa";
    /** Allowed callback URLs. A * is allowed in the first part of the host, as in https://pr-*-shop.acme.test/cb. http://localhost:* is any port and path on localhost, 127.0.0.1 and [::1]. */
    callbacks?: string[];
    /** Custom claims (with a namespace) that an Action would add to the client's ID and access tokens. */
    claims?: Record<string, unknown>;
    /** How the client authenticates without a secret: private_key_jwt. */
    client_authentication_methods?: {
      /** Client assertions, which the client signs with its own key. */
      private_key_jwt?: {
        /** Public keys. An assertion may be signed with any of them. */
        credentials?: Array<{
          /** The algorithm of the assertions. Default: RS256. */
          alg?: "PS256" | "RS256" | "RS384";
          /** When the key was added by the Management API. */
          created_at?: string;
          /** The only type is public_key. */
          credential_type?: "public_key";
          /** From this time on the key is not used. Default: never. */
          expires_at?: string;
          /** The id of the credential, which no request shows. */
          id?: string;
          /** The key is not used for an assertion with another kid. */
          kid?: string;
          /** A note for readers. */
          name?: string;
          /** An RSA public key of 2,048 bits or more, or its certificate, in PEM form. */
          pem?: string;
        }>;
      };
    };
    /** The client_id, as in the application's settings. */
    client_id: string;
    /** In templates, as application.client_metadata. */
    client_metadata?: Record<string, unknown>;
    /** The client_secret of a confidential application. */
    client_secret?: string;
    /** Public keys that the client has beside those of client_authentication_methods, and does not use. */
    credentials?: Array<{
      /** The algorithm of the assertions. Default: RS256. */
      alg?: "PS256" | "RS256" | "RS384";
      /** When the key was added by the Management API. */
      created_at?: string;
      /** The only type is public_key. */
      credential_type?: "public_key";
      /** From this time on the key is not used. Default: never. */
      expires_at?: string;
      /** The id of the credential, which no request shows. */
      id?: string;
      /** The key is not used for an assertion with another kid. */
      kid?: string;
      /** A note for readers. */
      name?: string;
      /** An RSA public key of 2,048 bits or more, or its certificate, in PEM form. */
      pem?: string;
    }>;
    /** Allow embedded login in a browser. */
    cross_origin_authentication?: boolean;
    /** The organization of a grant that needs one, if the request names none. */
    default_organization?: {
      /** The grants for which it is the default. */
      flows?: Array<"client_credentials">;
      /** The id of the organization. */
      organization_id?: string;
    };
    /** A note for readers. */
    description?: string;
    /** The grants that the client may use. */
    grant_types?: Array<"authorization_code" | "client_credentials" | "http://auth0.com/oauth/grant-type/mfa-oob" | "http://auth0.com/oauth/grant-type/mfa-otp" | "http://auth0.com/oauth/grant-type/mfa-recovery-code" | "http://auth0.com/oauth/grant-type/password-realm" | "http://auth0.com/oauth/grant-type/passwordless/otp" | "http://auth0.com/oauth/legacy/grant-type/access_token" | "http://auth0.com/oauth/legacy/grant-type/delegation/id_token" | "http://auth0.com/oauth/legacy/grant-type/delegation/refresh_token" | "http://auth0.com/oauth/legacy/grant-type/ro" | "http://auth0.com/oauth/legacy/grant-type/ro/jwt-bearer" | "implicit" | "password" | "refresh_token" | "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token" | "urn:ietf:params:oauth:grant-type:device_code" | "urn:ietf:params:oauth:grant-type:token-exchange" | "urn:okta:params:oauth:grant-type:webauthn" | "urn:openid:params:grant-type:ciba">;
    /** Where the URL of an invitation leads: the address in the app that begins a login. */
    initiate_login_uri?: string;
    /** false makes the client a third-party application. Auth0 does not serve it at /passwordless/*, /dbconnections/* and /co/authenticate, and gives it only the grants authorization_code, refresh_token and client_credentials. Default: true. */
    is_first_party?: boolean;
    /** For the rate limits and brute-force protection, the end user's IP address is that of the header auth0-forwarded-for, if the request has the client's secret. */
    is_token_endpoint_ip_header_trusted?: boolean;
    /** Settings of the ID token. */
    jwt_configuration?: {
      /** The algorithm of the ID token. HS256 signs with the client_secret, which must have 32 bytes or more. Default: RS256. */
      alg?: "HS256" | "RS256";
      /** Lifetime of an ID token, in seconds. Default: 36000. */
      lifetime_in_seconds?: number;
    };
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The URL of the application's logo. The login pages show it if the tenant has no logo. */
    logo_uri?: string;
    /** The identifiers of the mobile apps. The links of send=link_ios and send=link_android have them. So have the files that tell a phone which apps belong to the tenant. */
    mobile?: {
      /** The Android app. */
      android?: {
        /** The package name in the links of send=link_android and in /.well-known/assetlinks.json. Default for the links: the client_id. */
        app_package_name?: string;
        /** The fingerprints of the app's signing certificates, for /.well-known/assetlinks.json. */
        sha256_cert_fingerprints?: string[];
      };
      /** The iOS app. */
      ios?: {
        /** The bundle id in the links of send=link_ios and in /apple-app-site-association. Default for the links: the client_id. */
        app_bundle_identifier?: string;
        /** The team at Apple, for /apple-app-site-association. */
        team_id?: string;
      };
    };
    /** The name in messages and on pages. Default: the client_id. */
    name?: string;
    /** Kept; false has no effect: every client is OIDC conformant. */
    oidc_conformant?: boolean;
    /** What the page before the login asks for: an e-mail address, whose domain is one of discovery_domains of an organization, or the organization's name. Default: [email]. */
    organization_discovery_methods?: Array<"email" | "organization_name">;
    /** What happens if the app names no organization. pre_login_prompt: a page asks for it before the login. post_login_prompt: the user picks one after the login. no_prompt: with organization_usage: require the login is refused. Default: no_prompt. */
    organization_require_behavior?: "no_prompt" | "post_login_prompt" | "pre_login_prompt";
    /** Whether users sign in through an organization: never, if the app asks for it, or always. Default: deny. */
    organization_usage?: "allow" | "deny" | "require";
    /** Settings of the refresh token. */
    refresh_token?: {
      /** expiring: the lifetimes below are used. Tokens that rotate must expire. Default: expiring for rotating, else non-expiring. */
      expiration_type?: "expiring" | "non-expiring";
      /** Lifetime without use, in seconds, not longer than token_lifetime. Default: 2592000, or token_lifetime if that is shorter. */
      idle_token_lifetime?: number;
      /** idle_token_lifetime is not used. Default: true for non-expiring. */
      infinite_idle_token_lifetime?: boolean;
      /** token_lifetime is not used. Default: true for non-expiring. */
      infinite_token_lifetime?: boolean;
      /** For this many seconds a token that was exchanged may be used again. */
      leeway?: number;
      /** rotating: each use of a token returns a new token. Default: rotating for spa, else non-rotating. A client of app_type spa gets refresh tokens only if they rotate. */
      rotation_type?: "non-rotating" | "rotating";
      /** Lifetime from the login on, in seconds. It is fixed when a token is issued. Default: 2592000. */
      token_lifetime?: number;
    };
    /** The client gets only access tokens that are bound to its key. It must send a DPoP proof, and the API must have proof_of_possession with mechanism dpop. If the token is for no API, a proof is enough. */
    require_proof_of_possession?: boolean;
    /** permissive is for third-party applications from before 2026: they may do what others may. Default: strict. */
    third_party_security_mode?: "permissive" | "strict";
    /** How the client authenticates. Default: none for native and spa, else client_secret_post; no default with client_authentication_methods. With client_secret_post and client_secret_basic the secret may be in the body or in the header, as at Auth0. */
    token_endpoint_auth_method?: "client_secret_basic" | "client_secret_post" | "none";
    /** Origins of web pages that may use web_message and embedded login. */
    web_origins?: string[];
  }>;
  connections?: Array<{
    /** The connection refuses logins with "Connection is disabled". */
    disabled?: boolean;
    /** The client_ids that may use the connection. "*" is all of them. */
    enabled_clients?: string[];
    /** con_ and 16 characters. Default: derived from the name. */
    id?: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The name, and the realm of a token request. */
    name: string;
    /** The connection's options. */
    options?: {
      /** For strategy auth0, in place of requires_username: what users sign up and sign in with. It may be the e-mail address, the phone number and the username. Default: the e-mail address. */
      attributes?: {
        /** The e-mail address. */
        email?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
          /** Kept; false has no effect: two users of a connection never have the same address. */
          unique?: boolean;
          /** code (or otp) with signup.verification.active: a user whose address is not verified has to enter the code of an e-mail on the login pages. Default: link, which has no effect. */
          verification_method?: "code" | "link" | "otp";
        };
        /** The phone number. */
        phone_number?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
        };
        /** The username. */
        username?: {
          /** Whether users sign in with it. */
          identifier?: {
            /** Users sign in with it. Default: true. */
            active?: boolean;
            /** What the login pages ask for first: the password, or a code. The code is email_otp for an e-mail address, phone_otp for a phone number. Default: password. */
            default_method?: "email_otp" | "password" | "phone_otp";
          };
          /** Each user must have one. Default: true if signup.status is required. */
          profile_required?: boolean;
          /** Whether a sign-up asks for it. */
          signup?: {
            /** inactive: a sign-up ignores it. Default: required. */
            status?: "inactive" | "optional" | "required";
            /** Whether the login pages verify it. */
            verification?: {
              /** For email with verification_method code: the login pages verify the address. It has no other effect. */
              active?: boolean;
            };
          };
          /** Which usernames are allowed. */
          validation?: {
            /** What a username may look like. */
            allowed_types?: {
              /** A username may be an e-mail address. */
              email?: boolean;
              /** A username may be a phone number. */
              phone_number?: boolean;
            };
            /** Default: 15. */
            max_length?: number;
            /** Default: 1. */
            min_length?: number;
          };
        };
      };
      /** For strategy email: parameters that each magic link has, such as scope and response_type. The authParams of a request are added, and win. */
      authParams?: "" | Record<string, unknown>;
      /** For strategy auth0: how users prove who they are. Default: by password. */
      authentication_methods?: {
        /** A code by e-mail, at /otp/challenge and on the login pages. */
        email_otp?: {
          /** Default: false. */
          enabled?: boolean;
        };
        /** A passkey. */
        passkey?: {
          /** Kept; true has no effect. */
          enabled?: boolean;
        };
        /** The password. */
        password?: {
          /** Kept, but has no effect. */
          api_behavior?: string;
          /** Default: true. */
          enabled?: boolean;
          /** Kept, but has no effect. */
          signup_behavior?: string;
        };
        /** A code by text message or voice call, at /otp/challenge and on the login pages. */
        phone_otp?: {
          /** Default: false. */
          enabled?: boolean;
        };
      };
      /** Has an effect only with limits.enforce. Default: true. */
      brute_force_protection?: boolean;
      /** Only existing users may sign in. */
      disable_signup?: boolean;
      /** For strategy email: the e-mail. Default: the mock's own text. */
      email?: {
        /** The HTML text. */
        body?: string;
        /** The sender, as in {{ application.name }} <login@acme.test>. With an address of auth0.com the default e-mail is sent, as at Auth0. */
        from?: string;
        /** The subject. */
        subject?: string;
        /** How from, subject and body are written. Both are Liquid; md_with_macros also knows macros such as @@password@@. Markdown is not rendered. Default: liquid. */
        syntax?: "liquid" | "md_with_macros";
      };
      /** Send the caller's IP address and user agent to the gateway. */
      forward_req_info?: "false" | "true" | false | true;
      /** For strategy sms: the number or name of the sender. */
      from?: string;
      /** How the mock makes the bearer token for the gateway. */
      gateway_authentication?: {
        /** The claim aud of the token. */
        audience?: string;
        /** The only method is bearer. */
        method?: "bearer";
        /** The secret that signs the token (HS256). */
        secret?: string;
        /** The secret is in base64url. */
        secret_base64_encoded?: boolean;
        /** The claim sub of the token. */
        subject?: string;
      };
      /** The URL of the SMS gateway. The mock calls it only on loopback, or on a host that --allow-outbound names. */
      gateway_url?: string;
      /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
      kept?: Record<string, unknown>;
      /** Kept, but has no effect. */
      messaging_service_sid?: string;
      /** The name of the connection again, as exports have it. */
      name?: string;
      /** Kept, but has no effect. */
      non_persistent_attrs?: string[];
      /** With sms_gateway, the mock sends each text message to gateway_url. */
      provider?: "sms_gateway" | "twilio";
      /** For strategy auth0: users have a username beside their e-mail address, and sign in with either. */
      requires_username?: boolean;
      /** Kept, but has no effect. */
      set_user_root_attributes?: string;
      /** The strategy of the connection again, as exports have it. */
      strategy?: string;
      /** For strategy sms: how template is written. Both are Liquid; md_with_macros also knows @@password@@. Default: md_with_macros. */
      syntax?: "liquid" | "md_with_macros";
      /** For strategy sms: the text message. Default: Auth0's text. */
      template?: string;
      /** The one-time password. */
      totp?: {
        /** How many digits a code has. Default: 6. */
        length?: number;
        /** Lifetime of a code, in seconds. Default: 180. */
        time_step?: number;
      };
      /** Kept, but has no effect: the mock never calls Twilio. */
      twilio_sid?: string;
      /** Kept, but has no effect. */
      twilio_token?: string;
      /** Kept, but has no effect. */
      upstream_params?: Record<string, unknown>;
      /** For strategy auth0 with requires_username: which usernames are allowed. */
      validation?: {
        /** How long a username may be. */
        username?: {
          /** Default: 15. */
          max?: number;
          /** Default: 1. */
          min?: number;
        };
      };
    };
    /** email and sms are passwordless, auth0 is a database. */
    strategy: "auth0" | "email" | "sms";
  }>;
  domain?: string;
  friendly_name?: string;
  has_ca?: boolean;
  issuer?: string;
  keys?: {
    current?: string;
    next?: string;
    previous?: string;
  };
  resource_servers?: Array<{
    /** A client may ask for offline_access with this audience. */
    allow_offline_access?: boolean;
    /** RBAC: a user gets only those scopes that are among the user's permissions. */
    enforce_policies?: boolean;
    /** The audience. */
    identifier: string;
    /** Other fields of Auth0 that a client of the Management API has set. The API returns them, and they have no effect. */
    kept?: Record<string, unknown>;
    /** The API's name. Default: the identifier. */
    name?: string;
    /** Access tokens that are bound to a key of the client (DPoP). */
    proof_of_possession?: {
      /** dpop: a token request with a DPoP proof gets a token that is bound to the key of the proof. A request without a proof gets a Bearer token. none: all requests get Bearer tokens. mtls is kept, but has no effect. Default: none. */
      mechanism?: "dpop" | "mtls" | "none";
      /** With mechanism dpop, a token request without a DPoP proof is refused. */
      required?: boolean;
      /** The clients to which required applies. Default: all_clients. */
      required_for?: "all_clients" | "public_clients";
    };
    /** The scopes of the API. Each is a string, or a map with value and description. */
    scopes?: Array<string | {
      /** A note for readers. */
      description?: string;
      /** The scope. */
      value: string;
    }>;
    /** The algorithm of the access token. HS256 signs with signing_secret. Its tokens are for the API alone, so /userinfo refuses them. Default: RS256. */
    signing_alg?: "HS256" | "RS256";
    /** The secret that signs by HS256, of 16 characters or more. */
    signing_secret?: string;
    /** The profile of access tokens. The two of rfc9068 are those of RFC 9068: typ at+jwt, and the claims jti and client_id in place of azp and gty. The two of authz add the permissions claim. Default: access_token_authz with enforce_policies, else access_token. */
    token_dialect?: "access_token" | "access_token_authz" | "rfc9068_profile" | "rfc9068_profile_authz";
    /** Lifetime of an access token, in seconds. Default: 86400. */
    token_lifetime?: number;
    /** Lifetime of an access token that /authorize returns, in seconds. Default: 7200. */
    token_lifetime_for_web?: number;
  }>;
};

export type Solution = {
  answer: string;
  flow: string;
  state?: string;
};

export type Status = {
  active: boolean;
  by: string;
  description?: string;
  id: string;
  name: string;
  narrowed?: Record<string, string>;
  rules: RuleStatus[];
  since: string;
  times?: number;
  until?: string;
};

export type Summary = {
  at: string;
  deliver_at?: string;
  id: string;
  kind: string;
  note?: string;
  otp_state: string;
  scenario?: string;
  state: string;
  to: string;
};

export type User = {
  /** Kept and returned. */
  app_metadata?: Record<string, unknown>;
  /** The user may not sign in. */
  blocked?: boolean;
  /** Custom claims (with a namespace) that an Action would add to the user's ID and access tokens. */
  claims?: Record<string, unknown>;
  /** The name of the connection. Default: the first connection of the right strategy. That is the strategy of user_id; else auth0 for a user with a password or a username, email for a user with an email, sms for a user with a phone_number. */
  connection?: string;
  /** When the user was created. Default: the time at which the tenant starts. */
  created_at?: string;
  /** A hash of the password by another algorithm, as in an import of users. */
  custom_password_hash?: {
    /** How the hash was made. With md4 no password is right: the mock does not compute it. */
    algorithm: "argon2" | "bcrypt" | "hmac" | "ldap" | "md4" | "md5" | "pbkdf2" | "scrypt" | "sha1" | "sha256" | "sha512";
    /** For scrypt. Default: 8. */
    blockSize?: number;
    /** For scrypt. Default: 16384. */
    cost?: number;
    /** The hash itself. */
    hash?: {
      /** For hmac. With md4, ripemd160 and whirlpool no password is right: the mock does not compute them. */
      digest?: "md4" | "md5" | "ripemd160" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "whirlpool";
      /** How value is encoded. Default: utf8. */
      encoding?: "base64" | "hex" | "utf8";
      /** For hmac. */
      key?: {
        /** How value is encoded. Default: utf8. */
        encoding?: "base64" | "hex" | "utf8";
        /** The key. */
        value?: string;
      };
      /** The hash: for argon2 and pbkdf2 in PHC form, for ldap as in RFC 2307. */
      value?: string;
    };
    /** For scrypt: the length of the key in bytes. */
    keylen?: number;
    /** For scrypt. Default: 1. */
    parallelization?: number;
    /** How the password was encoded before. */
    password?: {
      /** The encoding. Default: utf8. */
      encoding?: "ascii" | "binary" | "latin1" | "ucs2" | "utf16le" | "utf8";
    };
    /** The salt of bcrypt, hmac, md5, sha1, sha256, sha512 and scrypt. The other algorithms have it in the hash. */
    salt?: {
      /** How value is encoded. Default: utf8. */
      encoding?: "base64" | "hex" | "utf8";
      /** Whether the salt is before the password or behind it. Default: prefix. */
      position?: "prefix" | "suffix";
      /** The salt. */
      value?: string;
    };
  };
  /** Public keys of devices. They have no effect: the Management API lists them. */
  device_credentials?: Array<{
    /** The client that the key is for. */
    client_id?: string;
    /** The id of the device. */
    device_id?: string;
    /** How the user calls the device. */
    device_name?: string;
    /** The id of the credential. */
    id: string;
    /** The key, in base64. Nobody reads it. */
    value?: string;
  }>;
  /** The e-mail address. */
  email?: string;
  /** Whether the address is verified. */
  email_verified?: boolean;
  /** The family name. */
  family_name?: string;
  /** The given name. */
  given_name?: string;
  /** Accounts that were linked to the user, who can sign in with them, too. */
  identities?: Array<{
    /** The name of the account's connection. */
    connection: string;
    /** A hash of it by another algorithm. */
    custom_password_hash?: {
      /** How the hash was made. With md4 no password is right: the mock does not compute it. */
      algorithm: "argon2" | "bcrypt" | "hmac" | "ldap" | "md4" | "md5" | "pbkdf2" | "scrypt" | "sha1" | "sha256" | "sha512";
      /** For scrypt. Default: 8. */
      blockSize?: number;
      /** For scrypt. Default: 16384. */
      cost?: number;
      /** The hash itself. */
      hash?: {
        /** For hmac. With md4, ripemd160 and whirlpool no password is right: the mock does not compute them. */
        digest?: "md4" | "md5" | "ripemd160" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512" | "whirlpool";
        /** How value is encoded. Default: utf8. */
        encoding?: "base64" | "hex" | "utf8";
        /** For hmac. */
        key?: {
          /** How value is encoded. Default: utf8. */
          encoding?: "base64" | "hex" | "utf8";
          /** The key. */
          value?: string;
        };
        /** The hash: for argon2 and pbkdf2 in PHC form, for ldap as in RFC 2307. */
        value?: string;
      };
      /** For scrypt: the length of the key in bytes. */
      keylen?: number;
      /** For scrypt. Default: 1. */
      parallelization?: number;
      /** How the password was encoded before. */
      password?: {
        /** The encoding. Default: utf8. */
        encoding?: "ascii" | "binary" | "latin1" | "ucs2" | "utf16le" | "utf8";
      };
      /** The salt of bcrypt, hmac, md5, sha1, sha256, sha512 and scrypt. The other algorithms have it in the hash. */
      salt?: {
        /** How value is encoded. Default: utf8. */
        encoding?: "base64" | "hex" | "utf8";
        /** Whether the salt is before the password or behind it. Default: prefix. */
        position?: "prefix" | "suffix";
        /** The salt. */
        value?: string;
      };
    };
    /** Kept; true has no effect. */
    isSocial?: boolean;
    /** The password of an account of a database. */
    password?: string;
    /** The bcrypt hash of that password, instead of it. */
    password_hash?: string;
    /** What the account says of the user, and the names with which the user signs in to it. */
    profileData?: {
      /** The e-mail address. */
      email?: string;
      /** Whether the address is verified. */
      email_verified?: boolean;
      /** The family name. */
      family_name?: string;
      /** The given name. */
      given_name?: string;
      /** The name. */
      name?: string;
      /** The nickname. */
      nickname?: string;
      /** The phone number in E.164 form, in quotes. */
      phone_number?: string;
      /** Whether the number is verified. */
      phone_verified?: boolean;
      /** The URL of a picture. */
      picture?: string;
      /** The username of an account of a database. */
      username?: string;
    };
    /** The strategy of the connection. Default: computed. */
    provider?: string;
    /** The id of the account, without the strategy. */
    user_id: string;
  }>;
  /** When the user last signed in. */
  last_login?: string;
  /** When the password was last changed. */
  last_password_reset?: string;
  /** How often the user has signed in. */
  logins_count?: number;
  /** The user's second factors. */
  mfa?: Array<{
    /** false: the user has not confirmed the enrolment. Default: true. */
    active?: boolean;
    /** For recovery-code: 24 capital letters and digits. Default: computed from the user. */
    code?: string;
    /** When the user began to enroll it. Default: when the user was created. */
    created_at?: string;
    /** For email: the address. Default: the user's. A verified address of the user needs no entry. */
    email?: string;
    /** dev_ and 16 letters or digits. Default: computed from the user and the factor. */
    id?: string;
    /** When the user last gave it. */
    last_auth_at?: string;
    /** What the Management API calls it. */
    name?: string;
    /** For phone: the number in E.164 form, in quotes. */
    phone_number?: string;
    /** For phone: the channel that comes first. Default: that of guardian.phone.message_types. */
    preferred_authentication_method?: "sms" | "voice";
    /** For otp and push-notification: the secret of the authenticator app, in base32. Default: computed from the user. */
    secret?: string;
    /** The factor. */
    type: "email" | "otp" | "phone" | "push-notification" | "recovery-code";
  }>;
  /** Every login of the user needs a second factor, whatever guardian.policies says. */
  mfa_required?: boolean;
  /** The name. Default: the address, the username or the number. */
  name?: string;
  /** The nickname. Default: the address up to the @, the username or the number. */
  nickname?: string;
  /** The password of a database user. */
  password?: string;
  /** The bcrypt hash of the password of a database user, instead of password. When the user signs in the mock learns the password, and keeps that. */
  password_hash?: string;
  /** RBAC permissions by audience, beside those of the roles. */
  permissions?: Record<string, string[]>;
  /** The phone number in E.164 form, in quotes: "+12025550101". */
  phone_number?: string;
  /** Whether the number is verified. */
  phone_verified?: boolean;
  /** The URL of a picture. Default: that of gravatar.com for an e-mail address, Auth0's picture of letters for a phone number. */
  picture?: string;
  /** The roles, by name or id. Roles in an organization are in its members. */
  roles?: string[];
  /** A client of the Management API has set blocked to false. The API shows it then, as Auth0 does. */
  unblocked?: boolean;
  /** When the user was last changed. Default: created_at. */
  updated_at?: string;
  /** strategy|id, as in email|5f7c8ec7c33c6c004bbafe82. Default: computed from the seed, the connection and the address. */
  user_id?: string;
  /** Kept and returned. */
  user_metadata?: Record<string, unknown>;
  /** The username of a database user, in lower case. */
  username?: string;
};

export type Verified = {
  checked: number;
  status: string;
};
