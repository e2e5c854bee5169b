#include "net/oauth_token.hpp"

namespace crmsync::net {
namespace {

struct Row {
    int number;
    std::string_view sentence;
};

constexpr Row table[] = {
    {7000215, "the client secret is wrong: put the secret's value, not its id, into "
              "client_secret_file"},
    {7000222, "the client secret has expired: create a new one for the application and put its "
              "value into client_secret_file"},
    {7000112, "the application is disabled in this tenant: enable its enterprise application"},
    {7000218, "the sign-in had neither secret nor certificate: set client_secret_file, or "
              "certificate_file and private_key_file"},
    {700016, "the application is not known in this tenant: check client_id and tenant_id, and that "
             "an administrator has consented"},
    {700027, "the certificate is not registered with the application, or its key is another one: "
             "upload the certificate of certificate_file to the application"},
    {700024, "the certificate's assertion is outside its valid time: set this machine's clock"},
    {700021, "the assertion names another application than the request: check client_id"},
    {700023, "the assertion is addressed to another sign-in server: check cloud and "
             "tenant_id"},
    {900023, "the tenant's name is not a valid one: check tenant_id"},
    {90002, "there is no such tenant in this cloud: check tenant_id, and cloud if it belongs to a "
            "national cloud"},
    {70011,
     "the scope is not valid: check cloud, or graph_url where authority_url is given, from which "
     "it is made"},
    {500011, "the provider's API is not known in this tenant: check cloud, and that graph_url "
             "and authority_url, where they are given, belong to it"},
    {65001, "nobody has consented to the application's permissions: an administrator must grant "
            "them"},
    {53003, "a conditional access policy blocks the application: allow it, or this machine's "
            "address"},
    {90033, "the sign-in service has a passing problem: nothing to do, it is asked again"},
    {90006, "the sign-in service has a passing problem: nothing to do, it is asked again"},
};

} // namespace

std::string_view explain_aadsts(int number)
{
    for (const Row& row : table)
        if (row.number == number)
            return row.sentence;
    return {};
}

} // namespace crmsync::net
