#include "unit/settings/folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;

namespace {

const std::string certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const std::string private_key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

/// A good provider in six lines (name is in line 2), then `more`.
std::string provider(const std::string& more, const std::string& name = "contoso")
{
    return "[[provider]]\nname = \"" + name +
           "\"\n"
           "tenant_id = \"contoso.example\"\n"
           "client_id = \"11111111-2222-3333-4444-555555555555\"\n" +
           more + "\n";
}
std::string with_secret(const std::string& more)
{
    return provider("client_secret_file = \"secret\"\n" + more);
}

struct Bench {
    Bench()
    {
        folder.write("secret", "  hush hush\n");
        folder.write("crt", certificate);
        folder.write("key", private_key);
        folder.write("empty", " \n");
    }
    test::Folder folder;
};

struct Row {
    std::string toml;
    std::string complaint; ///< all of it
};

} // namespace

TEST_CASE("a provider's mistakes are named with their lines")
{
    const Bench bench;
    const Row row = GENERATE(values<Row>({
        {with_secret(""), ""},
        {provider("certificate_file = \"crt\"\nprivate_key_file = \"key\""), ""},
        {provider(""),
         "crmsync.toml:1: provider: no credentials, expected client_secret_file, or "
         "certificate_file with private_key_file, or CRMSYNC_CONTOSO_CLIENT_SECRET in the "
         "environment"},
        {with_secret("certificate_file = \"crt\"\nprivate_key_file = \"key\""),
         "crmsync.toml:5: provider.client_secret_file: expected either a secret "
         "(client_secret_file or CRMSYNC_CONTOSO_CLIENT_SECRET) or certificate_file with "
         "private_key_file, found both"},
        {provider("certificate_file = \"crt\""),
         "crmsync.toml:5: provider.certificate_file: expected private_key_file beside it"},
        {provider("private_key_file = \"key\""),
         "crmsync.toml:5: provider.private_key_file: expected certificate_file beside it"},
        {provider("client_secret_file = \"\""),
         "crmsync.toml:5: provider.client_secret_file: expected the path of a file"},
        {with_secret("cloud = \"germany\""),
         "crmsync.toml:6: provider.cloud: expected global, usgov, usgov-dod or china, found "
         "\"germany\""},
        {with_secret("client_secret = \"hush\""),
         "crmsync.toml:6: provider.client_secret: unknown key, did you mean client_secret_file?"},
        {"[[provider]]\nkind = \"ews\"\nname = \"onprem\"\news_url = \"https://mail.example\"\n",
         "crmsync.toml:2: provider.kind: \"ews\" (Exchange Server) is not supported by this "
         "version, expected \"graph\""},
        {"[[provider]]\nkind = \"imap\"\nname = \"a\"",
         "crmsync.toml:2: provider.kind: expected \"graph\", found \"imap\""},
        {"[[provider]]\nname = \"a\"\nclient_secret_file = \"secret\"",
         "crmsync.toml:1: provider.tenant_id: missing, expected the tenant's id or domain; "
         "crmsync.toml:1: provider.client_id: missing, expected the application (client) id of "
         "the app registration"},
        {"[[provider]]\nname = 3\ntenant_id = \"a\"\nclient_id = \"b\"\nclient_secret_file = "
         "\"secret\"",
         "crmsync.toml:2: provider.name: expected a text in quotes, found a whole number"},
    }));
    CAPTURE(row.toml);
    CHECK(bench.folder.complaint(row.toml) == row.complaint);
}

TEST_CASE("tenants that are none are refused")
{
    const Bench bench;
    const std::string tenant =
        GENERATE("common", "Organizations", "consumers", "a b", "https://contoso.example", "a/b");
    std::string toml = with_secret("");
    toml.replace(toml.find("contoso.example"), 15, tenant);
    CAPTURE(toml);
    CHECK(bench.folder.complaint(toml).starts_with("crmsync.toml:3: provider.tenant_id: expected"));
}

TEST_CASE("files that hold no secret are named, what they hold is not")
{
    const Bench bench;
    const std::string& f = bench.folder.path("");
    CHECK(bench.folder.complaint(provider("client_secret_file = \"none\"")) ==
          "crmsync.toml:5: provider.client_secret_file: none cannot be read: No such file or "
          "directory");
    CHECK(bench.folder.complaint(provider("client_secret_file = \"empty\"")) ==
          "crmsync.toml:5: provider.client_secret_file: empty is empty, expected a secret");
    CHECK(bench.folder.complaint(
              provider("certificate_file = \"secret\"\nprivate_key_file = \"crt\"")) ==
          "crmsync.toml:5: provider.certificate_file: secret does not hold a certificate in PEM "
          "form; crmsync.toml:6: provider.private_key_file: crt does not hold a private key in "
          "PEM form");
    CHECK(bench.folder.complaint(with_secret("ca_file = \"secret\"")) ==
          "crmsync.toml:6: provider.ca_file: secret does not hold certificates of authorities in "
          "PEM form");
    CHECK(bench.folder.complaint(provider("client_secret_file = \"" + f + "\""))
              .find("cannot be read: Is a directory") != std::string::npos);
}

TEST_CASE("providers have names of their own")
{
    const Bench bench;
    const std::string secret = "client_secret_file = \"secret\"";
    CHECK(bench.folder.complaint(provider(secret, "a") + provider(secret, "b")).empty());
    CHECK(bench.folder.complaint(provider(secret, "a-b") + provider(secret, "A_b")) ==
          "crmsync.toml:7: provider.name: expected a name of its own, another provider is called "
          "\"a-b\"");
    CHECK(bench.folder.complaint(provider(secret, "a b"))
              .starts_with("crmsync.toml:2: provider.name: expected at most 64 letters"));
    CHECK(bench.folder.complaint(provider(secret, ""))
              .starts_with("crmsync.toml:2: provider.name: missing"));
}

TEST_CASE("plain http is for loopback addresses only")
{
    const Bench bench;
    for (const char* url :
         {"https://graph.microsoft.com", "https://graph.microsoft.com/", "https://graph:8443",
          "http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]:8080", "http://localhost:1",
          "http://LOCALHOST", "HTTPS://graph.example"}) {
        CAPTURE(url);
        const std::string value = "\"" + std::string(url) + "\"";
        CHECK(bench.folder.complaint(with_secret("graph_url = " + value)).empty());
        CHECK(bench.folder.complaint(with_secret("authority_url = " + value)).empty());
    }
    for (const char* url :
         {"http://graph.microsoft.com", "http://128.0.0.1", "http://localhost.example",
          "http://127.0.0.1.example", "http://127.0.0.1@graph.example", "http://[::2]",
          "https://user:pw@graph.example", "https://graph.microsoft.com/v1.0", "https://",
          "https://graph.example?x=1", "https://graph.example#x", "ftp://localhost",
          "graph.microsoft.com", "//localhost", "", "https://a b", "https://graph.example:99999"}) {
        CAPTURE(url);
        const std::string value = "\"" + std::string(url) + "\"";
        CHECK(bench.folder.complaint(with_secret("graph_url = " + value))
                  .starts_with("crmsync.toml:6: provider.graph_url: expected"));
        CHECK(bench.folder.complaint(with_secret("authority_url = " + value))
                  .starts_with("crmsync.toml:6: provider.authority_url: expected"));
    }
}

TEST_CASE("each cloud has its hosts")
{
    Settings::Provider provider;
    const auto hosts = [&](const char* cloud) {
        provider.cloud = cloud;
        return provider.effective_authority_url() + " " + provider.effective_graph_url();
    };
    CHECK(hosts("global") == "https://login.microsoftonline.com https://graph.microsoft.com");
    CHECK(hosts("usgov") == "https://login.microsoftonline.us https://graph.microsoft.us");
    CHECK(hosts("usgov-dod") == "https://login.microsoftonline.us https://dod-graph.microsoft.us");
    CHECK(hosts("china") ==
          "https://login.chinacloudapi.cn https://microsoftgraph.chinacloudapi.cn");
    provider.graph_url = "https://graph.example";
    CHECK(provider.effective_graph_url() == "https://graph.example");
    CHECK(provider.effective_authority_url() == "https://login.chinacloudapi.cn");
}

TEST_CASE("credentials come from files, or a secret from the environment")
{
    const Bench bench;
    const auto of = [&](const std::string& toml) {
        return read_credentials(bench.folder.load(toml).providers.at(0));
    };
    const Credentials secret = of(with_secret(""));
    CHECK(secret.client_secret == "hush hush");
    CHECK_FALSE(secret.certificate_pem);

    const Credentials pair = of(provider("certificate_file = \"crt\"\nprivate_key_file = \"key\""));
    CHECK_FALSE(pair.client_secret);
    CHECK(pair.certificate_pem == certificate);
    CHECK(pair.private_key_pem == private_key);

    const test::Variable variable("CRMSYNC_CONTOSO_CLIENT_SECRET", "from outside");
    CHECK(of(with_secret("")).client_secret == "from outside");
    CHECK(of(provider("")).client_secret == "from outside");
    // Before the file, which need not be there then.
    CHECK(of(provider("client_secret_file = \"none\"")).client_secret == "from outside");
    CHECK(bench.folder.complaint(provider("certificate_file = \"crt\"\nprivate_key_file = \"key\""))
              .starts_with("crmsync.toml:5: provider.certificate_file: expected either a secret"));
}

TEST_CASE("an empty variable is no secret")
{
    const Bench bench;
    const test::Variable variable("CRMSYNC_CONTOSO_CLIENT_SECRET", " ");
    CHECK(read_credentials(bench.folder.load(with_secret("")).providers.at(0)).client_secret ==
          "hush hush");
}

TEST_CASE("a file that went away after the check is named")
{
    const Bench bench;
    const Settings settings = bench.folder.load(with_secret(""));
    std::filesystem::remove(bench.folder.path("secret"));
    CHECK_THROWS_WITH(read_credentials(settings.providers.at(0)),
                      bench.folder.path("secret") + " cannot be read: No such file or directory");
}

TEST_CASE("the variable of a provider is its name in capitals")
{
    CHECK(client_secret_variable("contoso") == "CRMSYNC_CONTOSO_CLIENT_SECRET");
    CHECK(client_secret_variable("con-toso.2") == "CRMSYNC_CON_TOSO_2_CLIENT_SECRET");
}

TEST_CASE("a token is asked for the Graph the sign-in service knows")
{
    Settings::Provider provider;
    CHECK(provider.token_scope() == "https://graph.microsoft.com/.default");
    provider.cloud = "china";
    CHECK(provider.token_scope() == "https://microsoftgraph.chinacloudapi.cn/.default");
    provider.graph_url = "https://gateway.contoso.example"; // another way to the same one
    CHECK(provider.token_scope() == "https://microsoftgraph.chinacloudapi.cn/.default");
    provider.authority_url = "https://login.other.example"; // another cloud
    CHECK(provider.token_scope() == "https://gateway.contoso.example/.default");
}
