#include "command_run.hpp"

#include "base/failure.hpp"
#include "store/migrator.hpp"

namespace crmsync {

pg::Pool& CommandRun::database()
{
    if (!pool_) {
        store::Migrator migrator(io_.get_executor(), settings_.database.url);
        if (!run(migrator.pending()).empty())
            throw Failure(Reaction::stop, "migration.pending",
                          "the database is older than this program; run: crmsync migrate");
        pg::ConnectionOptions options;
        options.url = settings_.database.url;
        options.purpose = "command";
        pool_ = std::make_unique<pg::Pool>(io_.get_executor(), std::move(options), 2);
    }
    return *pool_;
}

} // namespace crmsync
