#include "unit/settings/folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;

namespace {

struct Row {
    std::string toml;
    std::string complaint; ///< a part of it; empty: the file is fine
};

void check_row(const Row& row)
{
    const test::Folder folder;
    const std::string complaint = folder.complaint(row.toml);
    CAPTURE(row.toml, complaint);
    if (row.complaint.empty())
        CHECK(complaint.empty());
    else
        CHECK(complaint.find(row.complaint) != std::string::npos);
    // One mistake: one complaint.
    CHECK(complaint.find("; ") == std::string::npos);
}

std::string tracking(const std::string& line) { return "[tracking]\n" + line; }

} // namespace

TEST_CASE("modes are words, and the default is not above the ceiling")
{
    check_row(GENERATE(values<Row>({
        {tracking("default_mode = \"all\""), ""},
        {tracking("default_mode = \"replies\"\nceiling_mode = \"replies\""), ""},
        {tracking("default_mode = \"replie\""),
         "crmsync.toml:2: tracking.default_mode: expected manual, replies, contacts, records or "
         "all, found \"replie\", did you mean replies?"},
        {tracking("default_mode = \"Manual\""), "did you mean manual?"},
        {tracking("ceiling_mode = \"\""), "tracking.ceiling_mode: expected manual"},
        {tracking("ceiling_mode = \"replies\"\ndefault_mode = \"contacts\""),
         "crmsync.toml:3: tracking.default_mode: expected at most tracking.ceiling_mode (replies), "
         "found contacts"},
        {tracking("ceiling_mode = \"manual\"\ndefault_mode = \"all\""), "expected at most"},
        {tracking("on_untrack = \"remove\""), "expected delete or keep, found \"remove\""},
        {tracking("on_untrack_shared = \"remove\""), "expected delete or keep, found \"remove\""},
        {"[privacy]\ninternal_only = \"no\"", "expected skip or track, found \"no\""},
    })));
}

TEST_CASE("folders that are never tracked are well-known names or paths")
{
    check_row(GENERATE(values<Row>({
        {"[privacy]\nnever_folders = []", ""},
        {"[privacy]\nnever_folders = [\"JunkEmail\", \"Private\", \"Inbox/Private\"]", ""},
        {"[privacy]\nnever_folders = [\"\"]", "privacy.never_folders: expected inbox"},
        {"[privacy]\nnever_folders = [\"Inbox//Private\"]", "found \"Inbox//Private\""},
        {"[privacy]\nnever_folders = [\"/Private\"]", "or a path such as \"Inbox/Private\""},
        {"[privacy]\nnever_folders = [\"SyncIssues\"]", "found \"SyncIssues\""},
        {"[privacy]\nnever_folders = \"junkemail\"", "expected a list of texts"},
    })));
}

TEST_CASE("category names are what Outlook accepts, and differ when folded")
{
    check_row(GENERATE_COPY(values<Row>({
        {tracking("track_category = \"\""), "expected a category name, found an empty text"},
        {tracking("track_category = \" \""), "found an empty text"},
        {tracking("track_category = \"CRM \""), "without blanks at its ends"},
        {tracking("track_category = \"a,b\""), "without comma and semicolon"},
        {tracking("track_category = \"a;b\""), "without comma and semicolon"},
        {tracking("track_category = \"a\\tb\""), "without control characters"},
        {tracking("track_category = \"a\\u0000b\""), "without control characters"},
        {tracking("track_category = \"" + std::string(255, 'a') + "\""), ""},
        {tracking("track_category = \"" + std::string(256, 'a') + "\""), "less than 256"},
        {tracking("tracked_category = \"crm track\""),
         "crmsync.toml:2: tracking.tracked_category: expected a name of its own, "
         "tracking.track_category has the same"},
        // Composed and decomposed, upper and lower case: the same name to a person.
        {tracking("track_category = \"PRÜFEN\"\nreview_category = \"pru\u0308fen\""),
         "expected a name of its own"},
        {tracking("regarding_prefix = \"\""), "tracking.regarding_prefix: expected a category"},
        {tracking("regarding_prefix = \"About:\""), ""},
        {tracking("regarding_prefix = \"crm:\"\ntrack_category = \"CRM: track\""),
         "expected a name that does not begin with tracking.regarding_prefix (\"crm:\")"},
    })));
}

TEST_CASE("a prefix that begins all state names clashes with each of them")
{
    const test::Folder folder;
    const std::string complaint = folder.complaint(tracking("regarding_prefix = \"CRM\""));
    for (const char* key : {"track_", "tracked_", "review_", "refused_", "failed_", "stop_"})
        CHECK(complaint.find("tracking." + std::string(key) + "category: expected a name that") !=
              std::string::npos);
}

TEST_CASE("numbers and spans have ends")
{
    check_row(GENERATE(values<Row>({
        {"[sync]\npoll_interval = \"1s\"", ""},
        {"[sync]\npoll_interval = \"0s\"", "from \"1s\" to \"24h\""},
        {"[sync]\npoll_interval = \"2d\"", "from \"1s\" to \"24h\""},
        {"[sync]\nhistory_days = -1", "from 0 to 36500, found -1"},
        {tracking("untrack_grace_days = -1"), "from 0 to 3650"},
        {tracking("untrack_grace_days = 3651"), "from 0 to 3650"},
        {"[privacy]\ndecision_days = 0", "from 1 to 3650"},
        {"[attachments]\nmax_bytes = -1", "from 0 to 157286400"},
        {"[attachments]\nmax_bytes = 9223372036854775807", "from 0 to 157286400"},
        {"[attachments]\nmax_body_bytes = 0", "from 1 to 268435456"},
        {"[attachments]\nspool_directory = \"spool\"", "a directory's whole path"},
    })));
}

TEST_CASE("own domains are domains")
{
    check_row(GENERATE(values<Row>({
        {tracking("own_domains = [\"contoso.example\", \"bücher.example\", \"xn--bcher-kva.de\"]"),
         ""},
        {tracking("own_domains = [\"@contoso.example\"]"),
         "expected domains such as \"contoso.example\", found \"@contoso.example\""},
        {tracking("own_domains = [\"ann@contoso.example\"]"), "expected domains"},
        {tracking("own_domains = [\"*.contoso.example\"]"), "expected domains"},
        {tracking("own_domains = [\"https://contoso.example\"]"), "expected domains"},
        {tracking("own_domains = [\"contoso..example\"]"), "expected domains"},
        {tracking("own_domains = [\"contoso.example.\"]"), "expected domains"},
        {tracking("own_domains = [\"\"]"), "expected domains"},
        {tracking("own_domains = [\"a b\"]"), "expected domains"},
    })));
}

TEST_CASE("file endings stand without a dot and in one list only")
{
    check_row(GENERATE(values<Row>({
        {"[attachments]\nallowed_types = [\"pdf\", \"tar.gz\"]", ""},
        {"[attachments]\nallowed_types = [\".pdf\"]", "without the dot, such as \"pdf\""},
        {"[attachments]\nblocked_types = [\"*.exe\"]", "without the dot"},
        {"[attachments]\nblocked_types = [\"\"]", "without the dot"},
        {"[attachments]\nallowed_types = [\"EXE\"]", "\"exe\" is in attachments.blocked_types too"},
    })));
}

TEST_CASE("the service listens on an address and a port")
{
    check_row(GENERATE(values<Row>({
        {"[http]\nlisten = \"0.0.0.0:80\"", ""},
        {"[http]\nlisten = \"[::]:65535\"", ""},
        {"[http]\nlisten = \"8480\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"127.0.0.1\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"127.0.0.1:\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"127.0.0.1:65536\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"127.0.0.1:-1\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"127.0.0.1:80x\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"::1:80\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"[127.0.0.1]:80\"", "expected an IP address and a port"},
        {"[http]\nlisten = \"crm.example:80\"", "expected an IP address and a port"},
    })));
}

TEST_CASE("the database's address holds no password")
{
    check_row(GENERATE(values<Row>({
        {"[database]\nurl = \"postgresql://crm@db.example:5432/crmsync?sslmode=verify-full\"", ""},
        {"[database]\nurl = \"host=/run/postgresql dbname=crmsync\"", ""},
        {"[database]\nurl = \"postgresql:///crmsync?host=/tmp/a:b@c\"", ""},
        {"[database]\nurl = \"\"", "expected a connection string"},
        {"[database]\nurl = \"mysql://db/crm\"", "expected a connection string"},
        {"[database]\nurl = \"postgresql://crm:hush@db.example/crmsync\"", "holds a password"},
        {"[database]\nurl = \"postgresql://crm:hush@db.example\"", "holds a password"},
        {"[database]\nurl = \"host=db password=hush\"", "holds a password"},
        {"[database]\nurl = \"postgresql:///crmsync?password=hush\"", "holds a password"},
    })));
    const test::Folder folder;
    CHECK(folder.complaint("[database]\nurl = \"postgresql://crm:hush@db/crm\"").find("hush") ==
          std::string::npos);
}

TEST_CASE("a database's address that libpq cannot read is a mistake of its key")
{
    check_row(GENERATE(values<Row>({
        {"[database]\nurl = \"postgresql:///crmsync?sslmod=require\"",
         "crmsync.toml:2: database.url: PostgreSQL's library cannot read it: invalid URI query "
         "parameter: \"sslmod\""},
        {"[database]\nurl = \"hots=db dbname=crmsync\"",
         "database.url: PostgreSQL's library cannot read it: invalid connection option \"hots\""},
        {"[database]\nurl = \"postgresql://ann@%zz/crm\"", "invalid percent-encoded token"},
        {"[database]\nurl = \"host=db hush\"", "missing"},
    })));
    const test::Folder folder;
    for (const char* url : {"host=db hush", "postgresql://ann@[hush/crm", "postgresql://%zzhush/"})
        CHECK(folder.complaint(std::string("[database]\nurl = \"") + url + "\"").find("hush") ==
              std::string::npos);
    const test::Variable variable("CRMSYNC_DATABASE_URL", "postgresql://ann:hush@db/crm?a=b");
    const std::string complaint = folder.complaint("[database]\nurl = \"postgresql:///crm\"");
    CHECK(complaint.find("(from CRMSYNC_DATABASE_URL)") != std::string::npos);
    CHECK(complaint.find("hush") == std::string::npos);
}

TEST_CASE("the environment goes before the file and may hold the database's password")
{
    const test::Folder folder;
    const test::Variable variable("CRMSYNC_DATABASE_URL", "postgresql://crm:hush@db/crm");
    const Settings settings = folder.load("[database]\nurl = \"postgresql:///other\"");
    CHECK(settings.database.url == "postgresql://crm:hush@db/crm");
}

TEST_CASE("a name of one language means the same in every other")
{
    const std::string german = "[tracking.names.de]\n";
    check_row(GENERATE_COPY(values<Row>({
        {german + "track_category = \"Ablegen\"\nregarding_prefix = \"Zu:\"", ""},
        {german + "track_category = \"CRM Track\"", ""},
        {german + "track_category = \"crm tracked\"",
         "crmsync.toml:2: tracking.names.de.track_category: expected a name that means the same "
         "everywhere, it is that of tracking.tracked_category"},
        {german + "track_category = \"X\"\n[tracking.names.fr]\nreview_category = \"x\"",
         "crmsync.toml:4: tracking.names.fr.review_category: expected a name that means the same "
         "everywhere, it is that of tracking.names.de.track_category"},
        {german + "failed_category = \"a,b\"",
         "tracking.names.de.failed_category: expected a category name without comma"},
        {german + "regarding_prefix = \"CRM Ref\"",
         "tracking.refused_category: expected a name that does not begin with "
         "tracking.names.de.regarding_prefix"},
        {german + "trak_category = \"X\"",
         "crmsync.toml:2: tracking.names.de.trak_category: unknown key, did you mean "
         "track_category?"},
        {"[tracking]\nnames = \"de\"", "tracking.names: expected sections such as "
                                       "[tracking.names.de], found a text in quotes"},
        {"[tracking.names]\nde = \"X\"", "tracking.names.de: expected a section "
                                         "[tracking.names.de], found a text in quotes"},
    })));
}
