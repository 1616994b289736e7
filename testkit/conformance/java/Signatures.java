import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Verifies a sample of tokens with what a JDK has: java Signatures.java FOLDER, and what other verifiers want. */
class Signatures {
  private static final Base64.Decoder BASE64URL = Base64.getUrlDecoder();

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Map<String, PublicKey> numbers = new HashMap<>();
    Map<String, PublicKey> certificates = new HashMap<>();
    // The JDK reads no JSON; the members of a key are strings, but for x5c.
    Matcher keys = Pattern.compile("\\{\"kty\"[^}]*}").matcher(Files.readString(folder.resolve("jwks.json")));
    while (keys.find()) {
      String key = keys.group();
      PublicKey fromNumbers =
          KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
      var certificate = CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(member(key, "x5c"))));
      certificate.verify(certificate.getPublicKey());
      if (!certificate.getPublicKey().equals(fromNumbers)) {
        throw new IllegalStateException("the certificate is another key's");
      }
      numbers.put(member(key, "kid"), fromNumbers);
      certificates.put(member(key, "kid"), certificate.getPublicKey());
    }
    List<String> tokens = Files.readAllLines(folder.resolve("tokens.txt"));
    List<String> tampered = Files.readAllLines(folder.resolve("tampered.txt"));
    report("java.security, RSAPublicKeySpec", numbers, tokens, tampered);
    report("java.security, x5c", certificates, tokens, tampered);
  }

  private static void report(String way, Map<String, PublicKey> keys, List<String> tokens, List<String> tampered)
      throws GeneralSecurityException {
    List<String> wrong = new ArrayList<>();
    int accepted = 0;
    for (String token : tokens) {
      if (accepts(keys, token)) {
        accepted++;
      } else {
        wrong.add("refuses " + token);
      }
    }
    int refused = 0;
    for (String line : tampered) {
      String[] tokenAndKind = line.split("\t");
      if (accepts(keys, tokenAndKind[0])) {
        wrong.add("accepts a token " + tokenAndKind[1]);
      } else {
        refused++;
      }
    }
    System.out.println(way + ": " + accepted + " accepted, " + refused + " refused");
    if (!wrong.isEmpty()) {
      System.err.println(way + ": " + wrong.get(0));
    }
  }

  private static boolean accepts(Map<String, PublicKey> keys, String token) throws GeneralSecurityException {
    String[] parts = token.split("\\.", -1);
    String header = new String(BASE64URL.decode(parts[0]), StandardCharsets.UTF_8);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(keys.get(member(header, "kid")));
    verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    try {
      return verifier.verify(BASE64URL.decode(parts[2]));
    } catch (SignatureException e) { // of another length than the modulus
      return false;
    }
  }

  private static BigInteger number(String json, String name) {
    return new BigInteger(1, BASE64URL.decode(member(json, name)));
  }

  private static String member(String json, String name) {
    Matcher m = Pattern.compile("\"" + name + "\":\\[?\"([^\"]*)\"").matcher(json);
    if (!m.find()) {
      throw new IllegalArgumentException("no " + name + " in " + json);
    }
    return m.group(1);
  }
}
