#include "e2e/processes/stage.hpp"
#include "support/test_certificate.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <sstream>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

bool is_one_line(const std::string& text)
{
    return text.starts_with("crmsync: ") && std::count(text.begin(), text.end(), '\n') == 1;
}

/// The lines of `mailbox test` and `check` that begin with "failed".
std::string failed_lines(const std::string& out)
{
    std::string found;
    for (std::size_t at = 0; at < out.size();) {
        const std::size_t end = std::min(out.find('\n', at), out.size());
        if (out.compare(at, 6, "failed") == 0)
            found += out.substr(at, end - at) + "\n";
        at = end + 1;
    }
    return found;
}

using Parts = std::vector<std::string>;

bool says_all(const std::string& text, const Parts& parts)
{
    return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return text.find(part) != std::string::npos;
    });
}

/// `mailbox test` and `check` say each of the things in a line of its own, in this order, and fail
/// for nothing else.
void check_commands_say(Stage& stage, const std::vector<Parts>& things)
{
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"mailbox", "test", ann}, {"check"}}) {
        const Outcome outcome = stage.crmsync(command);
        CAPTURE(command.front(), outcome.out, outcome.err);
        CHECK(outcome.code == 1);
        CHECK(is_one_line(outcome.err));
        std::istringstream failed(failed_lines(outcome.out));
        std::string line;
        for (const Parts& thing : things) {
            REQUIRE(std::getline(failed, line));
            CHECK(says_all(line, thing));
        }
        CHECK_FALSE(std::getline(failed, line));
    }
}

/// What the service leaves with the mailbox says `parts` in one line, with the failure's name.
void check_service_says(Stage& stage, const std::string& name, const Parts& parts)
{
    const std::unique_ptr<Child> daemon = stage.serve();
    std::string failure;
    stage.wait_for("the failure at the mailbox", [&] {
        failure = stage.text("SELECT last_failure FROM sync.mailbox");
        return failure != "(null)";
    });
    CAPTURE(failure);
    CHECK_THAT(failure, Catch::StartsWith(name + ": "));
    CHECK(says_all(failure, parts));
    CHECK(failure.find('\n') == std::string::npos);
    CHECK_THAT(stage.crmsync({"mailbox", "show", ann}).out, Catch::Contains(name));
    CHECK_THAT(stage.crmsync({"log", "--mailbox", ann}).out, Catch::Contains(name));
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

/// Commands and service say the one thing that is wrong.
void check_it_is_said(Stage& stage, const std::string& name, const Parts& parts)
{
    check_commands_say(stage, {parts});
    check_service_says(stage, name, parts);
}

/// With the mistake mended, the message that was tagged meanwhile is tracked.
void check_nothing_was_lost(Stage& stage)
{
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.crmsync({"mailbox", "sync", ann});
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Waiting") == "CRM Tracked"; });
    stage.wait_for("a mailbox without failure", [&] {
        return stage.text("SELECT last_failure FROM sync.mailbox") == "(null)" &&
               stage.text("SELECT state FROM sync.mailbox") == "enabled";
    });
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

} // namespace

TEST_CASE("all mistakes of a configuration are named at once, in one line")
{
    Stage stage;
    stage.config.poll_interval = "soon";
    stage.config.tracking = "own_domains = 5\ntrak_category = \"x\"";
    stage.config.credential = "";
    stage.config.more = "[[provider]]\nname = \"onprem\"\nkind = \"ews\"\n";
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"serve"}, {"check"}, {"mailbox", "list"}, {"migrate"}}) {
        const Outcome outcome = stage.crmsync(command);
        CAPTURE(command.front(), outcome.err);
        CHECK(outcome.code == 2);
        CHECK(outcome.out.empty());
        CHECK(is_one_line(outcome.err));
        CHECK_THAT(outcome.err, Catch::Contains("crmsync.toml") && Catch::Contains("; "));
        for (const char* key : {"poll_interval", "own_domains", "trak_category", "track_category",
                                "client_secret_file", "ews"})
            CHECK_THAT(outcome.err, Catch::Contains(key));
    }
}

TEST_CASE("a secret's file that is not there is named with its key")
{
    Stage stage;
    stage.config.credential = "client_secret_file = \"/nowhere/secret\"";
    const Outcome outcome = stage.crmsync({"serve"});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK_THAT(outcome.err,
               Catch::Contains("client_secret_file") && Catch::Contains("/nowhere/secret"));
}

TEST_CASE("a database that cannot be reached is one line that names database.url")
{
    Stage stage;
    const std::string url = stage.config.database_url;
    struct Row {
        std::string url;
        int code;
        const char* says;
    };
    const std::vector<Row> rows = {
        {"postgresql:///crm?host=/nowhere", 1, "is PostgreSQL running"},
        {"postgresql://127.0.0.1:1/crm", 1, "is PostgreSQL running"},
        {url + "&user=nobody_at_all", 1, "createuser nobody_at_all"},
        {url + "&dbname=no_such_database", 1, "createdb no_such_database"},
        {url + "&sslmode=bogus", 1, "invalid sslmode value"},
        {url + "&port=abc", 1, "invalid integer value"},
        {url + "&sslmod=require", 2, "\"sslmod\""}};
    for (const Row& row : rows) {
        stage.config.database_url = row.url;
        const Outcome outcome = stage.crmsync({"mailbox", "list"});
        CAPTURE(row.url, outcome.err);
        CHECK(outcome.code == row.code);
        CHECK(is_one_line(outcome.err));
        CHECK_THAT(outcome.err, Catch::Contains("database.url") && Catch::Contains(row.says));
    }
    // The provider is tried all the same.
    stage.config.database_url = rows.front().url;
    const Outcome check = stage.crmsync({"check"});
    CAPTURE(check.out);
    CHECK(check.code == 1);
    CHECK_THAT(failed_lines(check.out), Catch::Contains("database, connection"));
    CHECK_THAT(check.out, Catch::Contains("ok      provider contoso, token: issued"));
}

TEST_CASE("a provider with a wrong certificate is named, and the others are tried")
{
    Stage stage;
    const TestCertificate certificate = make_test_certificate();
    write_text(stage.folder() / "good.crt", certificate.certificate_pem);
    write_text(stage.folder() / "other.key", make_test_certificate().key_pem);
    stage.config.more = R"([[provider]]
name = "fabrikam"
kind = "graph"
tenant_id = "fabrikam.example"
client_id = "535fb089-9ff3-47b6-9bfb-4f1264799865"
certificate_file = "good.crt"
private_key_file = "other.key"
)";
    const Outcome check = stage.crmsync({"check"});
    CAPTURE(check.out);
    CHECK(check.code == 1);
    CHECK_THAT(check.out, Catch::Contains("ok      provider contoso, token"));
    CHECK_THAT(failed_lines(check.out),
               Catch::Contains("failed  provider fabrikam, credentials: ") &&
                   Catch::Contains((stage.folder() / "other.key").string()));
    const Outcome serve = stage.crmsync({"serve"});
    CHECK(serve.code == 2);
    CHECK(is_one_line(serve.err));
    CHECK_THAT(serve.err, Catch::Contains("provider fabrikam: ") &&
                              Catch::Contains((stage.folder() / "good.crt").string()));
}

TEST_CASE("a file that is no TOML is named with the line")
{
    Stage stage;
    stage.config.more = "[http\n";
    const Outcome outcome = stage.crmsync({"check"});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK_THAT(outcome.err, Catch::Contains("crmsync.toml:17: not valid TOML"));
}

TEST_CASE("credentials that Microsoft refuses are explained by their number")
{
    Stage stage;
    stage.mailbox(ann);
    stage.deliver(ann, {{"subject", "Waiting"}, {"categories", {"CRM Track"}}});

    SECTION("wrong secret")
    {
        stage.sim("application", {{"secret", "another"}});
        check_it_is_said(stage, "token.refused", {"AADSTS7000215", "client secret is wrong"});
        stage.sim("application", {{"secret", "simulator-secret"}});
    }
    SECTION("expired secret")
    {
        stage.sim("application", {{"secret", "another"}, {"expired_secret", "simulator-secret"}});
        check_it_is_said(stage, "token.refused", {"AADSTS7000222", "expired"});
        stage.sim("application", {{"secret", "simulator-secret"}, {"expired_secret", ""}});
    }
    SECTION("wrong tenant or cloud")
    {
        stage.config.tenant = "fabrikam.example";
        check_it_is_said(stage, "token.refused", {"AADSTS90002", "no such tenant in this cloud"});
        stage.config.tenant = "contoso.example";
    }
    SECTION("unregistered certificate")
    {
        const TestCertificate certificate = make_test_certificate();
        write_text(stage.folder() / "client.crt", certificate.certificate_pem);
        write_text(stage.folder() / "client.key", certificate.key_pem);
        stage.config.credential =
            "certificate_file = \"client.crt\"\nprivate_key_file = \"client.key\"";
        check_it_is_said(stage, "token.refused", {"AADSTS700027", "not registered"});
        stage.sim("application", {{"certificates", {certificate.certificate_pem}}});
    }
    check_nothing_was_lost(stage);
}

TEST_CASE("a missing permission is named, with what it is needed for")
{
    Stage stage;
    stage.mailbox(ann);
    stage.deliver(ann, {{"subject", "Waiting"}, {"categories", {"CRM Track"}}});

    SECTION("without Mail.ReadWrite")
    {
        stage.sim("application", {{"roles", {"Mail.Read", "MailboxSettings.ReadWrite"}}});
        check_it_is_said(stage, "graph.access_denied", {"Mail.ReadWrite", "writing categories"});
    }
    SECTION("without MailboxSettings.ReadWrite")
    {
        stage.sim("application", {{"roles", {"Mail.ReadWrite", "MailboxSettings.Read"}}});
        check_it_is_said(stage, "graph.access_denied",
                         {"MailboxSettings.ReadWrite", "categories of the mailbox"});
    }
    const Parts reading = {"(reading mail)", "permission Mail.Read with admin consent"};
    const Parts categories = {"(reading and adding categories of the mailbox)",
                              "permission MailboxSettings.ReadWrite with admin consent"};
    const Parts writing = {"(writing categories to messages)",
                           "permission Mail.ReadWrite with admin consent"};
    SECTION("without any permission")
    {
        stage.sim("application", {{"roles", json::array()}});
        check_commands_say(stage, {reading, categories, writing});
        check_service_says(stage, "graph.access_denied",
                           {"(reading the folder tree)", "Mail.Read with admin consent"});
    }
    SECTION("without a permission for mail")
    {
        stage.sim("application", {{"roles", {"MailboxSettings.ReadWrite"}}});
        check_commands_say(stage, {reading, writing});
        check_service_says(stage, "graph.access_denied",
                           {"(reading the folder tree)", "Mail.Read with admin consent"});
    }
    SECTION("with Mail.ReadBasic.All alone, which shows the folders")
    {
        stage.sim("application", {{"roles", {"Mail.ReadBasic.All", "MailboxSettings.ReadWrite"}}});
        check_commands_say(stage, {reading, writing});
        check_service_says(stage, "graph.access_denied",
                           {"(reading the changes of a folder)", "Mail.Read with admin consent"});
    }
    stage.sim("application", {{"roles", {"Mail.ReadWrite", "MailboxSettings.ReadWrite"}}});
    check_nothing_was_lost(stage);
}

TEST_CASE("a mailbox that does not exist is stopped with the reason, and the others go on")
{
    Stage stage;
    const std::string nobody = "nobody@contoso.example";
    REQUIRE(stage.crmsync({"mailbox", "add", nobody, "--provider", "contoso"}).code == 0);
    REQUIRE(stage.crmsync({"mailbox", "enable", nobody}).code == 0);
    stage.mailbox(ann);
    const Outcome test = stage.crmsync({"mailbox", "test", nobody});
    CAPTURE(test.out);
    CHECK(test.code == 1);
    CHECK_THAT(failed_lines(test.out), Catch::Contains("mailbox"));

    const std::unique_ptr<Child> daemon = stage.serve();
    stage.deliver(ann, {{"subject", "Other"}, {"categories", {"CRM Track"}}});
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Other") == "CRM Tracked"; });
    stage.wait_for("the stopped mailbox", [&] {
        return stage.text("SELECT state FROM sync.mailbox WHERE address = '" + nobody + "'") ==
               "stopped";
    });
    const Outcome shown = stage.crmsync({"mailbox", "show", nobody});
    CHECK_THAT(shown.out, Catch::Contains("stopped") && Catch::Contains("graph.mailbox_missing"));

    // It comes into being, and somebody wakes it.
    stage.sim("create_mailbox", {{"upn", nobody}});
    stage.crmsync({"mailbox", "sync", nobody});
    stage.wait_for("the mailbox at work", [&] {
        return stage.text("SELECT state FROM sync.mailbox WHERE address = '" + nobody + "'") ==
               "enabled";
    });
}

TEST_CASE("of a CSV with broken rows the good ones go in and the others are listed")
{
    Stage stage;
    const std::string file = (stage.folder() / "accounts.csv").string();
    write_text(file, "external_id,name,email,parent\n"
                     "1,Adventure Works,info@adventure.example,\n"
                     ",Nameless,,\n"
                     "3,\"Open,,\n"
                     "4,Too few\n"
                     "5,No address,at example,\n"
                     "6,\xFF\xFE,,\n"
                     "1,Twice,,\n"
                     "8,Orphan,,account:99\n"
                     "9,Northwind,sales@northwind.example,1\n");
    const Outcome import = stage.crmsync({"record", "import", "--type", "account", file});
    CAPTURE(import.out, import.err);
    CHECK(import.code == 1);
    CHECK(is_one_line(import.err));
    for (const int line : {3, 4, 5, 6, 7, 8, 9})
        CHECK_THAT(import.out, Catch::Contains(file + ":" + std::to_string(line) + ": "));
    CHECK_THAT(import.out, Catch::Contains("2 added, 0 changed, 7 refused"));
    CHECK(stage.number("SELECT count(*) FROM crm.record WHERE type = 'account'") == 2);
    CHECK_THAT(stage.crmsync({"record", "find", "Northwind"}).out,
               Catch::Contains("sales@northwind.example"));

    const Outcome again = stage.crmsync({"record", "import", "--type", "account", file, "--json"});
    CHECK(again.code == 1);
    const json::value report = json::parse(again.out);
    CHECK(report.at("changed").as_int64() == 2);
    CHECK(report.at("refused").as_array().size() == 7);
    CHECK(report.at("refused").at(0).at("line").as_int64() == 3);

    write_text(file, "external_id,name\n1,Works\n2," + std::string(5000, 'x') + "\n3,Bikes\n");
    const Outcome lengthy = stage.crmsync({"record", "import", "--type", "account", file});
    CHECK(lengthy.code == 1);
    CHECK_THAT(lengthy.out, Catch::Contains(file + ":3: name is longer than 1000 bytes") &&
                                Catch::Contains("1 added, 1 changed, 1 refused"));

    write_text(file, "external_id,title\n1,x\n");
    const Outcome headless = stage.crmsync({"record", "import", "--type", "account", file});
    CHECK(headless.code == 2);
    CHECK(is_one_line(headless.err));
    CHECK_THAT(headless.err, Catch::Contains(file) && Catch::Contains("\"name\""));
}
